import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  artifactList,
  compile,
  container,
  Dataset,
  importer,
  int,
  Model,
  optional,
  pipeline,
  string,
} from "../index.ts";
import { toYaml } from "../load/index.ts";
import { docComment } from "./documentation.ts";
import { CodegenError, readComponent, readPythonComponents, writeModule } from "./index.ts";
import { typeName, variableName } from "./names.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
// In the checkout, so that its compiler options hold.
const folder = await mkdtemp(fileURLToPath(new URL("./.codegen-", import.meta.url)));
afterAll(() => rm(folder, { recursive: true }));

const train = container("train-model", {
  image: "trainer:1",
  inputs: {
    data: Dataset,
    base: optional(Model),
    more: artifactList(Dataset),
    others: optional(artifactList(Model)),
    epochs: int({ default: 3, description: "How often.\nNever */ less than once." }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, rows: int({ description: "How many it saw." }) },
  args: ({ inputs }) => ["it's", inputs.epochs, "\\n`{{x}}`"],
});
const both = pipeline(
  "train-both",
  { description: "Trains two.", inputs: { uri: string(), more: artifactList(Dataset) } },
  ({ uri, more }) => {
    const data = importer(Dataset, { uri });
    train({ data, more });
    return { model: train({ data, more, epochs: 5 }).model };
  },
);
const legacy = `
name: class
description: Old.
inputs: [{name: Some Text, type: String}]
outputs: [{name: out, type: Model}]
implementation: {container: {image: old, args: [{inputValue: Some Text}, {outputPath: out}]}}
`;

const components = await Promise.all(
  [toYaml(compile(train).spec), toYaml(compile(both).spec), legacy].map((text) => readComponent(text)),
);
const module = writeModule(components, { source: "a test", language: "../../index.ts" });
const file = join(folder, "bindings.ts");
await writeFile(file, module);

test("bindings are the same each time, and import nothing but the language", async () => {
  expect(writeModule(components, { source: "a test", language: "../../index.ts" })).toBe(module);
  expect([...module.matchAll(/^import .* from "(.*)";$/gm)].map(([, from]) => from)).toEqual(["../../index.ts"]);
  expect(writeModule(components, { source: "a test" })).toContain('from "retemper/specs";');
});

test("what they make is what they were made from", async () => {
  const bindings = (await import(pathToFileURL(file).href)) as Record<string, Parameters<typeof compile>[0]>;
  expect(Object.keys(bindings).sort()).toEqual(["_class", "trainBoth", "trainModel"]);
  expect(compile(bindings["trainModel"] ?? train).json).toBe(compile(train).json);
  expect(bindings["trainBoth"]?.node).toMatchObject({ kind: "loaded", spec: compile(both).spec });
  expect(bindings["_class"]?.node).toMatchObject({
    name: "class",
    arguments: ["{{$.inputs.parameters['some_text']}}", expect.anything()],
  });
});

test("inputs and outputs are documented", () => {
  expect(module).toContain(`  /**
   * How often.
   * Never *\\/ less than once.
   *
   * \`int\`, may be left out
   *
   * @defaultValue \`3\`
   */
  readonly epochs?: unknown;`);
  expect(module).toContain('  readonly epochs: ParameterOf<"int", "defaulted">;');
  expect(module).toContain('  /** How many it saw. */\n  readonly rows: ParameterOf<"int">;');
  expect(module).toContain('readonly base: OptionalArtifact<"system.Model">;');
  expect(module).toContain('readonly more: ArtifactListType<"system.Dataset">;');
  expect(module).toContain('readonly others: OptionalArtifactList<"system.Model">;');
  expect(module).toContain("/** Trains two. */\nexport const trainBoth");
});

test("the compiler knows them: what fits compiles, and what does not is told in words", async () => {
  const use = (lines: string) => `
    import { artifactList, Dataset, importer, pipeline, string } from "../../index.ts";
    import { _class, trainBoth, trainModel } from "./bindings.ts";
    pipeline("p", { inputs: { uri: string(), more: artifactList(Dataset) } }, ({ uri, more }) => {
      const data = importer(Dataset, { uri });
      ${lines}
    });
  `;
  await writeFile(
    join(folder, "good.ts"),
    use(`const first = trainModel({ data, more }).retry({ count: 1 });
      const second = trainModel({ data, more, base: first.model, epochs: first.rows, note: "n" });
      trainModel({ data, more, base: trainBoth({ uri, more }).model, epochs: second.rows });
      _class({ some_text: uri });`),
  );
  await writeFile(join(folder, "bad1.ts"), use("trainModel({ more, data: trainBoth({ uri, more }).model });"));
  await writeFile(join(folder, "bad2.ts"), use('trainModel({ data, more, epochs: "3" });'));
  await writeFile(join(folder, "bad3.ts"), use("trainModel({ more });"));
  await writeFile(join(folder, "bad4.ts"), use("trainModel({ data, more }).modle;"));
  const said = await typeCheck(["good.ts", "bad1.ts", "bad2.ts", "bad3.ts", "bad4.ts"]);
  expect(said).not.toContain("good.ts");
  expect(said).not.toContain("bindings.ts");
  expect(said).toContain('The input \\"data\\" takes a system.Dataset, but is given a system.Model.');
  expect(said).toContain('The input \\"epochs\\" takes an int, but is given a string.');
  expect(said).toMatch(/bad3\.ts.*Property 'data' is missing/s);
  expect(said).toContain("Did you mean 'model'?");
});

test("an interpreter that is not there is an error that says what to do", async () => {
  const error = await readPythonComponents("components.py", join(folder, "no-python")).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CodegenError);
  expect(error).toMatchObject({ code: "python", message: expect.stringContaining("--python") });
});

describe("names", () => {
  test.each([
    ["custom-training-job", "customTrainingJob", "CustomTrainingJob"],
    ["CustomTrainingJobOp", "customTrainingJobOp", "CustomTrainingJobOp"],
    ["AutoMLImageTrainingJobRunOp", "autoMLImageTrainingJobRunOp", "AutoMLImageTrainingJobRunOp"],
    ["HTMLView", "htmlView", "HtmlView"],
    ["train_twice", "trainTwice", "TrainTwice"],
    ["class", "_class", "_class"],
    ["2x", "_2x", "_2x"],
  ])("%s becomes %s and %s", (name, variable, type) => {
    expect([variableName(name), typeName(name)]).toEqual([variable, type]);
  });

  test("two that would be the same differ", () => {
    const twice = components.slice(0, 1).flatMap((component) => [component, { ...component, name: "train_model" }]);
    const names = [...writeModule(twice, { source: "a test" }).matchAll(/^export const (\w+)/gm)].map(
      ([, name]) => name,
    );
    expect(names).toEqual(["trainModel", "trainModel2"]);
  });
});

test("a docstring loses the indentation of its function, and cannot end the comment", () => {
  expect(docComment(["First.\n\n      More:\n        - */ one\n      @tag"])).toBe(
    "/**\n * First.\n *\n * More:\n *   - *\\/ one\n * \\@tag\n */\n",
  );
  expect(docComment([undefined, " "])).toBe("");
});

function typeCheck(files: readonly string[]): Promise<string> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = [
    "--noEmit",
    "--ignoreConfig",
    "--strict",
    "--target",
    "es2024",
    "--module",
    "nodenext",
    "--skipLibCheck",
  ];
  const more = [
    "--allowImportingTsExtensions",
    "--verbatimModuleSyntax",
    "--exactOptionalPropertyTypes",
    "--types",
    "node",
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, ...options, ...more, ...files], { cwd: folder }, (_, output) => resolve(output));
  });
}
