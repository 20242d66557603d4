import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { InvalidSpecError, parseSpec, validateSpec } from "./index.ts";

const hello = {
  pipelineInfo: { name: "hello" },
  schemaVersion: "2.1.0",
  sdkVersion: "kfp-2.17.0",
  deploymentSpec: { executors: { "exec-hello": { container: { image: "alpine", command: ["echo", "hello"] } } } },
  components: {
    "comp-hello": {
      executorLabel: "exec-hello",
      inputDefinitions: { parameters: { text: { parameterType: "STRING" } } },
    },
  },
  root: {
    inputDefinitions: { parameters: { text: { parameterType: "STRING" } } },
    dag: {
      tasks: {
        hello: {
          taskInfo: { name: "hello" },
          componentRef: { name: "comp-hello" },
          inputs: { parameters: { text: { componentInputParameter: "text" } } },
          retryPolicy: { maxRetryCount: 2, backoffDuration: "0s", backoffFactor: 2, backoffMaxDuration: "3600s" },
        },
      },
    },
  },
} as const;

test("a valid spec has no problem", () => {
  expect(validateSpec(hello)).toEqual([]);
  expect(parseSpec(hello)).toBe(hello);
});

test("every problem of form is listed, with its path", () => {
  const { root, ...rest } = hello;
  const broken = {
    ...rest,
    schemaversion: "2.1.0",
    deploymentSpec: { executors: { "exec-hello": { container: { image: 3 }, importer: {} } } },
    root: { ...root, inputDefinitions: { parameters: { text: { parameterType: "TEXT" } } } },
  };
  const paths = validateSpec(broken).map(({ code, path }) => `${code} ${path}`);
  expect(paths.sort()).toEqual([
    "schema /",
    "schema /deploymentSpec/executors/exec-hello",
    "schema /deploymentSpec/executors/exec-hello/container/image",
    "schema /root/inputDefinitions/parameters/text/parameterType",
  ]);
});

test("names that stand for nothing, and conditions that do not parse, are found", () => {
  const broken = structuredClone(hello) as Record<string, unknown> & typeof hello;
  const tasks = broken.root.dag.tasks as Record<string, unknown>;
  tasks["again"] = {
    componentRef: { name: "comp-hullo" },
    dependentTasks: ["hello", "gone"],
    inputs: {
      parameters: {
        a: { componentInputParameter: "txt" },
        b: { taskOutputParameter: { producerTask: "hello", outputParameterKey: "x" } },
      },
    },
    triggerPolicy: { condition: "inputs.parameter_values['a' == 1" },
  };
  tasks["third"] = { componentRef: { name: "comp-hello" } };
  expect(validateSpec(broken).map(({ code, path }) => `${code} ${path}`)).toEqual([
    "reference /root/dag/tasks/again/componentRef",
    "reference /root/dag/tasks/again/dependentTasks/1",
    "reference /root/dag/tasks/again/inputs/parameters/a",
    "reference /root/dag/tasks/again/inputs/parameters/b",
    "expression /root/dag/tasks/again/triggerPolicy/condition",
    "reference /root/dag/tasks/third/inputs/parameters",
  ]);
});

test.each([[null], [[]], ["text"], [{}]])("%j is no spec", (document) => {
  expect(() => parseSpec(document)).toThrow(InvalidSpecError);
});

const references = fileURLToPath(new URL("../../../shared/kfp/", import.meta.url));

test.runIf(existsSync(references))("every reference spec beside the checkout is valid", () => {
  const files = globSync(`${references}{golden,regenerated}/**/*.yaml`);
  const unreadable: string[] = [];
  const invalid: string[] = [];
  for (const file of files) {
    const [document] = parseAllDocuments(readFileSync(file, "utf8"));
    if (document === undefined || document.errors.length > 0) unreadable.push(file);
    else if (validateSpec(document.toJS()).length > 0) invalid.push(file);
  }
  expect(files.length).toBeGreaterThan(100);
  expect(invalid).toEqual([]);
  // Quoted text that goes on at its parent's indentation, which PyYAML takes and the parser does not.
  expect(unreadable.length).toBeLessThanOrEqual(3);
});
