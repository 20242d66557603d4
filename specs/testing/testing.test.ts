import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  artifactList,
  compile,
  container,
  Dataset,
  double,
  exitHandler,
  int,
  Model,
  parallelFor,
  pipeline,
  string,
  task,
  taskFinalStatus,
  when,
} from "../index.ts";
import { nodeFromYaml, parseSpecDocuments } from "../load/index.ts";
import { type GraphErrorCode, graphOf, snapshot } from "./index.ts";

const prepare = container("prepare", {
  image: "tools:1",
  inputs: { uri: string() },
  outputs: { data: Dataset, rows: int() },
});
const train = container("train", {
  image: "trainer:1",
  inputs: { data: Dataset, rate: double({ default: 0.1 }), tag: string({ optional: true }) },
  outputs: { model: Model, loss: double() },
  command: ["python"],
  args: ({ inputs }) => ["--rate", inputs.rate],
});
const compare = container("compare", { image: "tools:1", inputs: { models: artifactList(Model) } });
const tell = container("tell", { image: "tools:1", inputs: { status: taskFinalStatus() } });
const count = task("count", { inputs: { rows: int() }, outputs: { half: int() } }, ({ inputs }) => ({
  half: Math.floor(inputs.rows / 2),
}));

const tune = pipeline("tune", { inputs: { data: Dataset } }, ({ data }) => {
  const best = train({ data, rate: 0.5 }).named("train");
  return { model: best.model };
});

const whole = pipeline("whole", { inputs: { uri: string(), limit: int({ default: 10 }) } }, ({ uri, limit }) => {
  exitHandler(tell({}), () => {
    const { data, rows } = prepare({ uri: `gs://${uri}` }).retry({ count: 2 });
    const half = count({ rows });
    const tuned = tune({ data });
    const loop = parallelFor([0.1, 0.2], (rate) => ({ model: train({ data, rate }).named("train-each").model }), {
      parallelism: 1,
    });
    compare({ models: loop.model }).cache(false).cpu("4");
    when(half.half.greaterThan(limit), () => {
      train({ data }).named("train-again").after(tuned);
    });
  });
});

const graph = graphOf(whole);

describe("a graph", () => {
  test("names tasks as their author does, those of a pipeline in the pipeline behind its name", () => {
    expect([...graph.order()].sort()).toEqual([
      "compare",
      "count",
      "prepare",
      "tell",
      "train-again",
      "train-each",
      "tune/train",
    ]);
    expect(graph.task("train").name).toBe("tune/train");
  });

  test("says where inputs come from, through pipelines and loops", () => {
    graph.task("tune/train").takes("data").from("prepare", "data").takes("rate").constant(0.5);
    graph.task("compare").takes("models").from("train-each", "model");
    graph.task("prepare").takes("uri").fromInput("uri");
    graph.task("train-again").takes("rate").constant(0.1);
    expect(graph.task("compare").inputs).toEqual({
      models: { kind: "every", of: { kind: "output", task: "train-each", name: "model" } },
    });
    expect(graph.task("train-each").inputs["rate"]).toEqual({
      kind: "item",
      of: { kind: "constant", value: [0.1, 0.2] },
    });
    expect(graph.task("train-again").takes("tag").wire).toEqual({ kind: "absent" });
    expect(graph.task("tell").takes("status").wire).toMatchObject({
      kind: "status",
      tasks: expect.arrayContaining(["prepare", "tune/train", "train-each"]),
    });
  });

  test("says under which conditions and in which loops a task runs", () => {
    expect(graph.task("train-again").conditions).toEqual(["if count.half > limit"]);
    expect(graph.task("train-each").loops).toMatchObject([{ parallelism: 1 }]);
    expect(graph.task("prepare").conditions).toEqual([]);
  });

  test("says what waits for what, in control flow too", () => {
    expect(graph.reaches("prepare", "compare")).toBe(true);
    expect(graph.reaches("count", "train-again")).toBe(true);
    expect(graph.reaches("tune/train", "train-again")).toBe(true);
    expect(graph.reaches("compare", "tell")).toBe(true);
    expect(graph.reaches("compare", "prepare")).toBe(false);
    expect(graph.reaches("count", "train-each")).toBe(false);
    const order = graph.order();
    for (const each of graph.tasks) {
      for (const before of each.waitsFor) expect(order.indexOf(before)).toBeLessThan(order.indexOf(each.name));
    }
  });

  test("says how a task runs", () => {
    expect(graph.task("prepare").settings).toMatchObject({ image: "tools:1", retry: { count: 2 }, cached: true });
    expect(graph.task("compare").settings).toMatchObject({ cached: false, cpu: "4", retry: null });
    expect(graph.task("tell").settings.runsAfterFailure).toBe(true);
    expect(graph.task("count").runs).toBe("typescript");
  });
});

const mistakes: readonly [string, () => unknown, GraphErrorCode, readonly string[]][] = [
  ["a task that is not there", () => graph.task("fit"), "no-such-task", ["prepare", "tune/train"]],
  ["an input that is not there", () => graph.task("train-again").takes("date"), "no-such-input", ["data", "rate"]],
  [
    "another source",
    () => graph.task("compare").takes("models").from("tune/train", "model"),
    "other-source",
    ["every"],
  ],
  [
    "an output that is not there",
    () => graph.task("train-again").takes("data").from("prepare", "date"),
    "no-such-output",
    ["data", "rows"],
  ],
  ["another value", () => graph.task("tune/train").takes("rate").constant(0.1), "other-source", ["0.5"]],
  [
    "an input of the pipeline that is not there",
    () => graph.task("prepare").takes("uri").fromInput("url"),
    "no-such-input",
    ["limit", "uri"],
  ],
  ["an output of the pipeline that is not there", () => graph.output("model"), "no-such-output", ["none"]],
];

test.each(mistakes)("%s is an error that lists what is there", (_, wrong, code, there) => {
  expect(wrong).toThrow(expect.objectContaining({ name: "GraphError", code }));
  for (const text of there) expect(wrong).toThrow(text);
});

test("one name in two pipelines is ambiguous", () => {
  const two = pipeline("two", { inputs: { data: Dataset } }, ({ data }) => {
    tune({ data }).named("first");
    tune({ data }).named("second");
  });
  expect(() => graphOf(two).task("train")).toThrow(expect.objectContaining({ code: "ambiguous-task" }));
  expect(graphOf(two).task("second/train").takes("data").fromInput("data").name).toBe("second/train");
});

describe("a snapshot", () => {
  test("is the same of the pipeline, of what it compiles to, and of the bare spec", () => {
    const compiled = compile(tune);
    expect(snapshot(compiled)).toEqual(snapshot(tune));
    expect(snapshot(compiled.spec)).toEqual(snapshot(tune));
  });

  test("says all that somebody said, and nothing else", () => {
    expect(snapshot(tune)).toMatchInlineSnapshot(`
      {
        "inputs": {
          "data": "Dataset",
        },
        "outputs": {
          "model": "train.model",
        },
        "pipeline": "tune",
        "tasks": {
          "train": {
            "args": [
              "--rate",
              "{{$.inputs.parameters['rate']}}",
            ],
            "command": [
              "python",
            ],
            "component": "train",
            "image": "trainer:1",
            "inputs": {
              "data": "data",
              "rate": "0.5",
            },
            "outputs": [
              "loss",
              "model",
            ],
            "runs": "container",
          },
        },
      }
    `);
  });

  test("changes with the wiring, not with the version that compiled it", () => {
    const { spec } = compile(tune);
    expect(snapshot({ ...spec, sdkVersion: "another" })).toEqual(snapshot(tune));
    const other = pipeline("tune", { inputs: { data: Dataset } }, ({ data }) => ({ model: train({ data }).model }));
    expect(snapshot(other)).not.toEqual(snapshot(tune));
  });
});

const folder = fileURLToPath(new URL("../../../shared/kfp/", import.meta.url));

describe.runIf(existsSync(folder))("reference specs beside the checkout", () => {
  test("each has a graph whose order holds, and a snapshot that JSON keeps", () => {
    const files = globSync(`${folder}{golden,regenerated}/**/*.yaml`);
    expect(files.length).toBeGreaterThan(200);
    for (const file of files) {
      const documents = parseSpecDocuments(readFileSync(file, "utf8"), file);
      if (documents.spec.root?.dag === undefined) continue;
      const found = graphOf(documents);
      const order = found.order();
      for (const each of found.tasks) {
        expect(found.task(each.name)).toBe(each);
        for (const before of each.waitsFor) expect(order.indexOf(before), file).toBeLessThan(order.indexOf(each.name));
      }
      const taken = snapshot(documents);
      expect(JSON.parse(JSON.stringify(taken))).toEqual(taken);
      expect(nodeFromYaml(readFileSync(file, "utf8"), file).name).not.toBe("");
    }
  });
});
