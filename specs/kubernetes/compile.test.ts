import { expect, test } from "vitest";
import { compile, container, parallelFor, pipeline, SpecError, string, when } from "../index.ts";
import { validatePlatform } from "../ir/index.ts";
import { checkPlatform } from "../limits/index.ts";
import { type KubernetesOption, pvcMount, secretAsVolume, type Text } from "./index.ts";

const make = container("make", { image: "make", outputs: { name: string() } });
const use = container("use", { image: "use" });

const secret = (secretName: Text): KubernetesOption => secretAsVolume({ secretName, mountPath: "/secret" });

test("what a task is told stands in the platform document, and Vertex is known to ignore it", () => {
  const { spec, platform } = compile(
    pipeline("p", { inputs: { name: string() } }, ({ name }) => {
      const made = make();
      use()
        .kubernetes(secret(name))
        .kubernetes(pvcMount({ pvcName: made.outputs.name, mountPath: "/data" }));
    }),
  );
  const reference = { taskOutputParameter: { producerTask: "make", outputParameterKey: "name" } };
  expect(platform).toEqual({
    platforms: {
      kubernetes: {
        deploymentSpec: {
          executors: {
            "exec-use": {
              secretAsVolume: [
                { mountPath: "/secret", optional: false, secretNameParameter: { componentInputParameter: "name" } },
              ],
              pvcMount: [{ mountPath: "/data", pvcNameParameter: reference, ...reference }],
            },
          },
        },
      },
    },
  });
  expect(spec.root?.dag?.tasks?.["use"]?.dependentTasks).toEqual(["make"]);
  expect(validatePlatform(platform, spec)).toEqual([]);
  expect(checkPlatform(platform ?? {}).map(({ code }) => code)).toEqual(["KubernetesOnly", "KubernetesOnly"]);
});

test("a pipeline without such options has no platform document", () => {
  expect(compile(pipeline("p", {}, () => void use())).platform).toBeUndefined();
});

test("a name from inside a branch is refused outside it, with the task and the place", () => {
  const wrong = () =>
    compile(
      pipeline("p", { inputs: { name: string() } }, ({ name }) => {
        let inner: Text = "";
        when(name.equals("a"), () => {
          inner = make().outputs.name;
        });
        use().kubernetes(secret(inner));
      }),
    );
  expect(mistake(wrong)).toMatchObject({
    code: "unreachable",
    place: { pipeline: "p", task: "use", file: expect.stringMatching(/compile\.test\.ts$/) },
  });
});

test("a field of an item is refused in the loop itself, where Kubeflow cannot read it, and taken further in", () => {
  const inLoop = (body: (name: Text) => void) =>
    compile(
      pipeline(
        "p",
        {},
        () => void parallelFor([{ secret: "a" }, { secret: "b" }], (item) => body(item.field("secret"))),
      ),
    );
  const wrong = () => inLoop((secretName) => void use().kubernetes(secret(secretName)));
  expect(mistake(wrong)).toMatchObject({ code: "unsupported", place: { task: "use" } });

  const { spec, platform } = inLoop((secretName) => {
    when(make().outputs.name.equals("a"), () => void use().kubernetes(secret(secretName)));
  });
  expect(validatePlatform(platform, spec)).toEqual([]);
});

test("a value in a part of a text is refused where it is written", () => {
  const wrong = () =>
    pipeline("p", { inputs: { name: string() } }, ({ name }) => {
      use().kubernetes(secret(`${name}-suffix`));
    });
  expect(mistake(wrong)).toMatchObject({
    code: "invalid-value",
    place: { file: expect.stringMatching(/compile\.test\.ts$/), line: expect.any(Number) },
  });
});

function mistake(wrong: () => unknown): SpecError {
  try {
    wrong();
  } catch (error) {
    if (error instanceof SpecError) return error;
    throw error;
  }
  throw new Error("It was taken.");
}
