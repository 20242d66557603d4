import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type ArtifactType,
  compile,
  container,
  Dataset,
  importer,
  int,
  Model,
  pipeline,
  SpecError,
  string,
  when,
} from "../index.ts";
import { componentFromYaml, LoadError, loadComponent, nodeFromYaml, type ParameterOf, toYaml } from "./index.ts";

const train = container("train", {
  image: "trainer:1",
  description: "Trains.",
  inputs: { data: Dataset, epochs: int({ default: 3, description: "How often." }), note: string({ optional: true }) },
  outputs: { model: Model, rows: int() },
  command: ["train"],
  args: ({ inputs, outputs }) => [inputs.data.path, inputs.epochs, outputs.model.path],
  env: { A: "b" },
});
const twice = pipeline("twice", { inputs: { uri: string() } }, ({ uri }) => {
  const data = importer(Dataset, { uri });
  const first = train({ data });
  when(first.rows.equals(1), () => void train({ data, epochs: 5 }));
  return { model: first.model, rows: first.rows };
});
const trainYaml = toYaml(compile(train).spec);
const twiceYaml = toYaml(compile(twice).spec);

describe("a compiled component", () => {
  test("is the container that was compiled", () => {
    const { description: _, ...node } = train.node;
    expect(nodeFromYaml(trainYaml)).toEqual(node);
    expect(compile(componentFromYaml(trainYaml)).json).toBe(compile(train).json);
  });

  test("a pipeline stays one, and its parts get names of their own beside others", () => {
    const loaded = componentFromYaml(twiceYaml);
    expect(loaded.node).toMatchObject({ kind: "loaded", name: "twice" });
    const { spec } = compile(
      pipeline("outer", {}, () => {
        const own = train({ data: importer(Dataset, { uri: "gs://d" }) });
        const other = loaded({ uri: "gs://e" });
        return { own: own.model, other: other["model"] as never };
      }),
    );
    expect(Object.keys(spec.deploymentSpec?.executors ?? {}).sort()).toEqual([
      "exec-importer",
      "exec-importer-2",
      "exec-train",
      "exec-train-2",
      "exec-train-2-2",
    ]);
    expect(spec.components?.["comp-twice"]?.dag?.tasks?.["train"]?.componentRef?.name).not.toBe("comp-train");
  });

  test("a pipeline of one task that sets something of its own is no mere component", () => {
    const own = pipeline("train", { inputs: { data: string() } }, ({ data }) => {
      train({ data: importer(Dataset, { uri: data }) });
    });
    expect(nodeFromYaml(toYaml(compile(own).spec)).kind).toBe("loaded");
    const limited = compile(train).spec;
    const executor = limited.deploymentSpec?.executors?.["exec-train"]?.container;
    if (executor) executor.resources = { cpuLimit: 4 };
    expect(nodeFromYaml(toYaml(limited)).kind).toBe("loaded");
    const retried = compile(train).spec;
    const task = retried.root?.dag?.tasks?.["train"];
    if (task) task.retryPolicy = { maxRetryCount: 2 };
    expect(nodeFromYaml(toYaml(retried)).kind).toBe("loaded");
  });
});

describe("a component whose types the compiler does not know is checked in the pipeline", () => {
  const loaded = componentFromYaml(trainYaml);
  const data = () => importer(Dataset, { uri: "gs://d" });

  test("its outputs go wherever they fit", () => {
    const evaluate = container("evaluate", { image: "e", inputs: { model: Model, rows: int() } });
    const outer = pipeline("outer", {}, () => {
      const task = loaded({ data: data(), epochs: 2 }).named("fit");
      when(task["rows"]?.atLeast(1) as never, () => void evaluate({ model: task["model"] as never, rows: 1 }));
    });
    expect(compile(outer).spec.root?.dag?.tasks?.["fit"]?.inputs?.parameters).toEqual({
      epochs: { runtimeValue: { constant: 2 } },
    });
  });

  test.each<[string, () => unknown, string | undefined]>([
    ["an artifact of another type", () => loaded({ data: importer(Model, { uri: "gs://m" }) }), "data"],
    ["a whole task", () => loaded({ data: loaded({ data: data() }) }), "data"],
    ["a parameter of another type", () => loaded({ data: data(), note: loaded({ data: data() })["rows"] }), "note"],
    ["a constant of another type", () => loaded({ data: data(), epochs: "3" }), "epochs"],
    ["an artifact for a parameter", () => loaded({ data: data(), epochs: data() }), "epochs"],
    ["an input that it has not", () => loaded({ data: data(), epoch: 3 }), "epoch"],
    ["less than it needs", () => loaded({}), undefined],
  ])("%s", (_, author, input) => {
    const error = failure(SpecError, () => pipeline("p", {}, () => void author()));
    expect(error).toMatchObject({ code: "invalid-input", place: { pipeline: "p", task: "train" } });
    expect(error.place.input).toBe(input);
  });
});

test("told its types, it is checked by the compiler", () => {
  type In = { readonly data: ArtifactType<"system.Dataset">; readonly epochs: ParameterOf<"int", "defaulted"> };
  type Out = { readonly model: ArtifactType<"system.Model">; readonly rows: ParameterOf<"int"> };
  const loaded = componentFromYaml<In, Out>(trainYaml);
  const evaluate = container("evaluate", { image: "e", inputs: { model: Model, rows: int() } });
  const outer = pipeline("outer", {}, () => {
    const { model, rows } = loaded({ data: importer(Dataset, { uri: "gs://d" }) });
    evaluate({ model, rows });
    // @ts-expect-error: a number is no data set.
    const wrong = () => loaded({ data: 1 });
    expect(wrong).toThrow(SpecError);
  });
  expect(Object.keys(compile(outer).spec.components ?? {})).toContain("comp-train");
});

describe("a component of the first version", () => {
  const version1 = `
name: Fit It!
description: Fits.
inputs:
- {name: Training Data, type: Dataset, description: rows}
- {name: n, type: Integer, default: '3'}
- {name: rate, type: Float, default: 1}
- {name: fast, type: Bool, default: 'yes'}
- {name: layers, type: 'typing.List[int]', default: '[1, 2]'}
- {name: base, type: Model, optional: true}
- {name: what}
- {name: vertex, type: google.VertexModel, optional: true}
outputs:
- {name: Model, type: Model}
- {name: loss, type: Float}
implementation:
  container:
    image: fit:1
    command: [fit, {inputPath: Training Data}, {inputUri: what}]
    args:
    - {if: {cond: {isPresent: base}, then: [--base, {inputPath: base}], else: [--new]}}
    - {concat: [--n=, {inputValue: n}]}
    - 5
    - {outputPath: Model}
    - {outputPath: loss}
    - {executorInput: null}
    env: {MODE: fast, LEVEL: 3}
`;

  test("becomes a container of today's", () => {
    const node = nodeFromYaml(version1);
    expect(node).toMatchObject({
      kind: "container",
      name: "fit-it",
      description: "Fits.",
      image: "fit:1",
      environment: { MODE: "fast", LEVEL: "3" },
      inputs: {
        training_data: { kind: "artifact", schemaTitle: "system.Dataset", optional: false },
        n: { type: "int", default: 3, optional: true },
        rate: { type: "double", default: 1 },
        fast: { type: "boolean", default: true },
        layers: { type: "list", default: [1, 2] },
        base: { schemaTitle: "system.Model", optional: true },
        what: { schemaTitle: "system.Artifact", optional: false },
        vertex: { schemaTitle: "google.VertexModel" },
      },
      outputs: { model: { schemaTitle: "system.Model" }, loss: { type: "double" } },
    });
    expect(compile(componentFromYaml(version1)).deployment.executors?.["exec-fit-it"]?.container).toMatchObject({
      command: ["fit", "{{$.inputs.artifacts['training_data'].path}}", "{{$.inputs.artifacts['what'].uri}}"],
      args: [
        `{"IfPresent": {"InputName": "base", "Then": ["--base", "{{$.inputs.artifacts['base'].path}}"], "Else": ["--new"]}}`,
        `{"Concat": ["--n=", "{{$.inputs.parameters['n']}}"]}`,
        "5",
        "{{$.outputs.artifacts['model'].path}}",
        "{{$.outputs.parameters['loss'].output_file}}",
        "{{$}}",
      ],
    });
  });

  test("all of its mistakes are listed, with their paths", () => {
    const broken = version1
      .replace("default: '3'", "default: three")
      .replace("{inputPath: Training Data}", "{inputValue: Training Data}")
      .replace("{inputUri: what}", "{inputUri: which}")
      .replace("{isPresent: base}", "true")
      .replace("- 5", "- {outputMetadata: null}")
      .replace("image: fit:1", "")
      .replace("{name: loss, type: Float}", "{type: Float}");
    const error = failure(LoadError, () => nodeFromYaml(broken, "fit.yaml"));
    expect(error).toMatchObject({ code: "invalid-component", source: "fit.yaml" });
    expect(error.problems.map(({ path }) => path).sort()).toEqual([
      "/implementation/container/args/0/if/cond",
      "/implementation/container/args/2",
      "/implementation/container/args/4/outputPath",
      "/implementation/container/command/1/inputValue",
      "/implementation/container/command/2/inputUri",
      "/implementation/container/image",
      "/inputs/1/default",
      "/outputs/1",
    ]);
  });
});

describe("a source", () => {
  test("is a file's path or URL, an address, an object, or the text itself", async () => {
    const folder = await mkdtemp(join(tmpdir(), "retemper-load-"));
    const file = join(folder, "train.yaml");
    await writeFile(file, trainYaml);
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/train.yaml" ? 200 : 404;
      response.end(trainYaml);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const readObject = async (uri: string) =>
      uri === "gs://team/train.yaml" ? trainYaml : Promise.reject(new Error("no"));
    try {
      const sources = [file, pathToFileURL(file), `${address}/train.yaml`, "gs://team/train.yaml", trainYaml];
      for (const source of sources) expect((await loadComponent(source, { readObject })).node.name).toBe("train");
      for (const source of [`${file}.gone`, `${address}/gone.yaml`, "gs://team/gone.yaml"]) {
        await expect(loadComponent(source, { readObject })).rejects.toMatchObject({ code: "not-found", source });
      }
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });

  test.each([
    ["- 1\n- 2\n", "invalid-spec"],
    ["", "not-a-component"],
    ["a: 1\n---\nb: 1\n---\nc: 1\n", "not-a-component"],
    ["a: [\n", "not-yaml"],
    ["a: 1\n", "invalid-spec"],
  ])("%j is none: %s", (text, code) => {
    expect(failure(LoadError, () => nodeFromYaml(text, "x.yaml"))).toMatchObject({ code, source: "x.yaml" });
  });

  test("a spec's problems are all listed, and those of its platform document", () => {
    const spec = compile(train).spec;
    const broken = `${toYaml({ ...spec, components: {} })}---\nplatforms: {}\n`;
    const error = failure(LoadError, () => nodeFromYaml(broken, "x.yaml"));
    expect(error.problems.map(({ path }) => path)).toContain("/root/dag/tasks/train/componentRef");
    const platform = "---\nplatforms: {kubernetes: {deploymentSpec: {executors: {exec-gone: {}}}}}\n";
    const other = failure(LoadError, () => nodeFromYaml(trainYaml + platform, "x.yaml"));
    expect(other.problems.map(({ path }) => path)).toEqual([
      "platform document, /platforms/kubernetes/deploymentSpec/executors/exec-gone",
    ]);
  });
});

function failure<E extends Error>(type: abstract new (...args: never) => E, action: () => unknown): E {
  try {
    action();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
