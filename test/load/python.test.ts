import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPythonComponents, writeModule } from "../../specs/codegen/index.ts";
import {
  compile,
  container,
  Dataset,
  int,
  list,
  Model,
  optional,
  pipeline,
  string,
  struct,
} from "../../specs/index.ts";
import type { PipelineSpec } from "../../specs/ir/index.ts";
import { componentFromSpec, componentFromYaml, toYaml } from "../../specs/load/index.ts";

/** The real Python SDK reads what is written here, and loads what is loaded here: to the same spec. */

const python = fileURLToPath(new URL("../../.retemper/kfp/bin/python", import.meta.url));
const program = fileURLToPath(new URL("./judge.py", import.meta.url));

const train = container("train", {
  image: "trainer:1",
  inputs: {
    epochs: int({ default: 3 }),
    tags: list({ default: ["a", "no", "1:30"] }),
    more: struct({ default: { a: 1.5e-9 } }),
  },
  outputs: { model: Model, rows: int() },
  command: ["sh", "-c", "\n  set -e\n\techo it's: fine # really\n   "],
  args: ({ inputs }) => ["--epochs", inputs.epochs, "yes", "2020-01-01", "\u2028é😀"],
});
const trainTwice = pipeline(
  "train-twice",
  { description: "Two.\n\nReally.", inputs: { note: string({ default: "~" }) } },
  ({ note }) => {
    const first = train({});
    const second = train({ epochs: first.rows, tags: [note] });
    return { model: second.model, rows: first.rows };
  },
);
const evaluate = container("evaluate", {
  image: "e",
  inputs: { data: optional(Dataset), note: string({ optional: true }) },
});
const everything = [train, trainTwice, evaluate].map((each) => toYaml(compile(each).spec));

const version1 = ({ inputs = "[]", outputs = "[]", args = "[]" }) =>
  `{name: Old One, inputs: ${inputs}, outputs: ${outputs}, implementation: {container: {image: old, command: [a], args: ${args}}}}`;
const old = [
  version1({}),
  version1({ inputs: "[{name: A b, type: String, default: x}]", args: "[{inputValue: A b}]" }),
  version1({
    inputs: "[{name: n, type: Integer, default: '3'}, {name: f, type: Float, default: 1}]",
    args: "[{concat: [a, {inputValue: n}, {inputValue: f}]}]",
  }),
  version1({
    inputs:
      "[{name: b, type: Bool, default: 'yes'}, {name: l, type: JsonArray, default: '[1]'}, {name: d, type: JsonObject, default: '{}'}]",
  }),
  version1({ inputs: "[{name: l, type: 'typing.List[str]', optional: true}, {name: d, type: Dict, optional: true}]" }),
  version1({
    inputs: "[{name: m, type: Model, optional: true}]",
    args: "[{if: {cond: {isPresent: m}, then: [{inputPath: m}], else: [{inputUri: m}]}}]",
  }),
  version1({
    inputs: "[{name: m, optional: true}]",
    args: "[{if: {cond: {isPresent: m}, then: [x]}}, {if: {cond: {isPresent: m}, then: y}}]",
  }),
  version1({
    inputs:
      "[{name: g, type: google.VertexModel, optional: true}, {name: u, type: {GCSPath: {}}, optional: true}, {name: w, type: What, optional: true}]",
  }),
  version1({
    outputs: "[{name: Out Put, type: Metrics}, {name: p, type: Float}]",
    args: "[{outputPath: Out Put}, {outputPath: p}, {outputUri: Out Put}, {executorInput: }]",
  }),
];

const marksOfYaml = "a1 \n\t-+.:#'\"\\{[&*!|>%@`?,_eEyn~=<0x";

describe.runIf(existsSync(python))("the Python SDK", () => {
  test("reads the YAML that is written here as it was meant", async () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
    const marks = fc.string({ unit: fc.constantFrom(...marksOfYaml) });
    const texts = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 9 }), marks, numbers), { maxLength: 5 });
    const values = fc.sample(fc.dictionary(fc.string({ maxLength: 5 }), texts), { numRuns: 300, seed: 4 });
    const specs = values.map((value) => ({ pipelineInfo: { name: "x" }, root: value }) as unknown as PipelineSpec);
    const answers = await judge(specs.map((spec) => ({ read: toYaml(spec) })));
    for (const [index, answer] of answers.entries()) expect(answer).toEqual([specs[index]]);
  });

  test("loads what is compiled here, and makes the same of it", async () => {
    const answers = await judge(everything.map((text) => ({ use: text, arguments: {} })));
    for (const [index, answer] of answers.entries()) expect(used(everything[index] ?? "")).toEqual(plain(answer));
  });

  test("converts components of the first version alike", async () => {
    const answers = await judge(old.map((text) => ({ compile: text })));
    for (const [index, answer] of answers.entries()) {
      expect(plain(compile(componentFromYaml(old[index] ?? "")).spec)).toEqual(plain(answer));
    }
  });

  test("compiles a Python file's components for bindings", async () => {
    const folder = await mkdtemp(join(tmpdir(), "retemper-python-"));
    try {
      const file = join(folder, "components.py");
      await writeFile(file, source);
      const components = await readPythonComponents(file, python);
      expect(components.map(({ name }) => name)).toEqual(["train", "hello", "train_and_greet"]);
      const module = writeModule(components, { source: "components.py" });
      expect(writeModule(await readPythonComponents(file, python), { source: "components.py" })).toBe(module);
      expect(module).toContain("/** Trains a model. */\nexport const train: LoadedComponent<TrainInputs, TrainOutputs");
      expect(module).toMatch(/\/\*\*\n {3}\* How often\..*?\n {2}readonly epochs\?: unknown;/s);
      expect(module).toContain(`export type TrainInputs = {
  readonly data: ArtifactType<"system.Dataset">;
  readonly epochs: ParameterOf<"int", "defaulted">;
  readonly tags: ParameterOf<"list", "optional">;
};`);
      const [first] = components;
      const spec = first && compile(componentFromSpec(() => first.documents)).spec;
      expect(spec?.deploymentSpec?.executors?.["exec-train"]?.container?.args?.slice(0, 2)).toEqual([
        "--executor_input",
        "{{$}}",
      ]);

      await writeFile(file, "from kfp import dsl\nraise ValueError('broken')\n");
      await expect(readPythonComponents(file, python)).rejects.toMatchObject({
        code: "python",
        message: expect.stringContaining("broken"),
      });
      await writeFile(file, "x = 1\n");
      await expect(readPythonComponents(file, python)).rejects.toMatchObject({ code: "empty" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const source = `
from typing import List, Optional
from kfp import dsl
from kfp.dsl import Dataset, Input, Model, Output
from kfp.dsl import importer

@dsl.component(base_image="python:3.11")
def train(data: Input[Dataset], model: Output[Model], epochs: int = 3, tags: Optional[List[str]] = None) -> float:
    """Trains a model.

    Args:
        data: What to train on.
        epochs: How often.
    """
    return 0.5

@dsl.container_component
def hello(name: str):
    return dsl.ContainerSpec(image="alpine", command=["echo", name])

@dsl.pipeline(name="train-and-greet")
def train_and_greet(uri: str, name: str) -> Model:
    hello(name=name)
    return train(data=dsl.importer(artifact_uri=uri, artifact_class=Dataset).output).outputs["model"]

print("what a module prints does no harm")
`;

/** A pipeline "outer" that uses a component twice. */
function used(text: string): unknown {
  const component = componentFromYaml(text);
  return plain(
    compile(
      pipeline("outer", {}, () => {
        component();
        component();
      }),
    ).spec,
  );
}

/** Without what names the program that compiled it. */
function plain(spec: unknown): unknown {
  const { sdkVersion: _, ...rest } = spec as PipelineSpec;
  return rest;
}

function judge(questions: readonly object[]): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const child = execFile(python, [program], { maxBuffer: 2 ** 28 }, (failure, output, errors) => {
      if (failure) reject(new Error(`The judge failed: ${errors}`, { cause: failure }));
      else resolve(JSON.parse(output) as readonly unknown[]);
    });
    child.stdin?.end(JSON.stringify(questions));
  });
}
