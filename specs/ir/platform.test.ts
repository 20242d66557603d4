import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { InvalidSpecError, type PipelineSpec, parsePlatform, validatePlatform } from "./index.ts";

const spec: PipelineSpec = {
  deploymentSpec: { executors: { "exec-use": { container: {} }, "exec-make": { container: {} } } },
  components: {
    "comp-make": { executorLabel: "exec-make", outputDefinitions: { parameters: { name: {} } } },
    "comp-use": { executorLabel: "exec-use" },
  },
  root: {
    inputDefinitions: { parameters: { secret: {} } },
    dag: { tasks: { make: { componentRef: { name: "comp-make" } }, use: { componentRef: { name: "comp-use" } } } },
  },
};

function platform(executors: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return { platforms: { kubernetes: { deploymentSpec: { executors }, ...more } } };
}

const make = { taskOutputParameter: { producerTask: "make", outputParameterKey: "name" } };

test("a valid document has no problem", () => {
  const document = platform(
    {
      "exec-use": {
        pvcMount: [{ ...make, pvcNameParameter: make, mountPath: "/data" }],
        secretAsEnv: [
          {
            secretNameParameter: { componentInputParameter: "secret" },
            keyToEnv: [{ secretKey: "a", envVar: "A" }],
            optional: false,
          },
        ],
        nodeAffinity: [
          { nodeAffinityJson: { runtimeValue: { constant: { componentInputParameter: "no reference" } } } },
        ],
        activeDeadlineSeconds: "20",
        initContainers: [{ name: "first", image: "busybox", env: [{ name: "A", value: "b" }] }],
      },
    },
    { pipelineConfig: { workspace: { size: "1Gi", kubernetes: { pvcSpecPatch: { accessModes: ["x"] } } } } },
  );
  expect(validatePlatform(document, spec)).toEqual([]);
  expect(parsePlatform(document, spec)).toBe(document);
});

test("every problem of form is listed, with its path", () => {
  const document = platform(
    {
      "exec-use": {
        secretAsEnvs: [],
        pvcMount: [{ constant: "a", componentInputParameter: "b", mountPath: 3 }],
        initContainers: [{ nam: "first" }],
        tolerations: [{ tolerationSeconds: "soon" }],
      },
    },
    { pipelineConfig: { ttl: 3 } },
  );
  expect(
    validatePlatform(document)
      .map(({ code, path }) => `${code} ${path.replace("/platforms/kubernetes", "…")}`)
      .sort(),
  ).toEqual([
    "schema …/deploymentSpec/executors/exec-use",
    "schema …/deploymentSpec/executors/exec-use/initContainers/0",
    "schema …/deploymentSpec/executors/exec-use/pvcMount/0",
    "schema …/deploymentSpec/executors/exec-use/pvcMount/0/mountPath",
    "schema …/deploymentSpec/executors/exec-use/tolerations/0/tolerationSeconds",
    "schema …/pipelineConfig",
  ]);
  expect(() => parsePlatform(document)).toThrow(InvalidSpecError);
});

test("names that stand for nothing in the spec are found", () => {
  const document = platform({
    "exec-gone": {},
    "exec-use": {
      secretAsEnv: [{ secretNameParameter: { componentInputParameter: "secrt" } }],
      pvcMount: [
        { pvcNameParameter: { taskOutputParameter: { producerTask: "mak", outputParameterKey: "name" } } },
        { pvcNameParameter: { taskOutputParameter: { producerTask: "make", outputParameterKey: "nam" } } },
      ],
    },
  });
  expect(validatePlatform(document)).toEqual([]);
  expect(
    validatePlatform(document, spec).map(({ code, path }) => `${code} ${path.split("/executors/").at(-1)}`),
  ).toEqual([
    "reference exec-gone",
    "reference exec-use/secretAsEnv/0/secretNameParameter/componentInputParameter",
    "reference exec-use/pvcMount/0/pvcNameParameter/taskOutputParameter",
    "reference exec-use/pvcMount/1/pvcNameParameter/taskOutputParameter",
  ]);
});

test.each([[null], [[]], ["text"], [{ platform: {} }]])("%j is no platform document", (document) => {
  expect(() => parsePlatform(document)).toThrow(InvalidSpecError);
});

test("other platforms have whatever options they like", () => {
  expect(
    validatePlatform({ platforms: { mars: { deploymentSpec: { executors: { "exec-use": { air: 1 } } } } } }),
  ).toEqual([]);
});

const references = fileURLToPath(new URL("../../../shared/kfp/", import.meta.url));

test.runIf(existsSync(references))("every reference platform document beside the checkout is valid", () => {
  const found = globSync(`${references}{golden,regenerated}/**/*.yaml`).flatMap((file) => {
    const [first, second] = parseAllDocuments(readFileSync(file, "utf8"));
    return second === undefined ? [] : [{ file, spec: first?.toJS(), document: second.toJS() }];
  });
  expect(found.length).toBeGreaterThan(40);
  expect(found.filter(({ document, spec }) => validatePlatform(document, spec).length > 0)).toEqual([]);
});
