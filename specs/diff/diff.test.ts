import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  artifactList,
  compile,
  container,
  customJob,
  Dataset,
  double,
  importer,
  int,
  list,
  Model,
  parallelFor,
  pipeline,
  string,
  tpu,
  when,
} from "../index.ts";
import { pipelineConfig } from "../kubernetes/index.ts";
import { readYaml } from "../load/read-yaml.ts";
import { type Change, diffSpecs, type Side } from "./index.ts";

/** What a test varies of one pipeline. */
interface Options {
  readonly image?: string;
  readonly epochs?: number;
  readonly parts?: number;
  readonly least?: number;
  readonly rates?: readonly number[];
  readonly parallelism?: number;
  readonly cpu?: string;
  readonly retries?: number;
  readonly cache?: boolean;
  readonly cacheKey?: string;
  readonly spot?: boolean;
  readonly trainName?: string;
  readonly name?: string;
  readonly extra?: boolean;
  readonly data?: "train" | "test";
  readonly after?: boolean;
  readonly always?: boolean;
}

function spec(options: Options = {}): Side {
  const { image = "trainer:1", epochs = 3, parts = 10, least = 0.9, rates = [0.1, 0.2], data = "train" } = options;
  const prepare = container("prepare", {
    image: "prepare:1",
    inputs: { raw: Dataset, parts: int() },
    outputs: { train: Dataset, test: Dataset, rows: int() },
    args: ({ inputs, outputs }) => [
      inputs.raw.path,
      inputs.parts,
      outputs.train.path,
      outputs.test.path,
      outputs.rows.path,
    ],
  });
  const train = container("train", {
    image,
    inputs: { data: Dataset, rate: double(), epochs: int() },
    outputs: { model: Model, accuracy: double() },
    args: ({ inputs, outputs }) => [
      inputs.data.path,
      inputs.rate,
      inputs.epochs,
      outputs.model.path,
      outputs.accuracy.path,
    ],
  });
  const best = container("best", {
    image: "best:1",
    inputs: { models: artifactList(Model), accuracies: list(double()) },
    outputs: { model: Model, accuracy: double() },
    args: ({ inputs, outputs }) => [inputs.accuracies, outputs.model.path, outputs.accuracy.path],
  });
  const tell = container("tell", { image: "tell:1", inputs: { text: string() }, args: ({ inputs }) => [inputs.text] });
  const serve = container("serve", {
    image: "serve:1",
    inputs: { model: Model },
    args: ({ inputs }) => [inputs.model.path],
  });
  const whole = pipeline(
    options.name ?? "whole",
    { inputs: { epochs: int({ default: epochs }), raw: string() } },
    (inputs) => {
      const raw = importer(Dataset, { uri: inputs.raw }).named("raw");
      const prepared = prepare({ raw, parts }).cache(options.cache ?? true);
      if (options.cacheKey !== undefined) prepared.cache({ key: options.cacheKey });
      const tried = parallelFor(
        [...rates],
        (rate) => {
          const trained = train({ data: prepared[data], rate, epochs: inputs.epochs });
          if (options.trainName !== undefined) trained.named(options.trainName);
          if (options.cpu !== undefined) trained.cpu(options.cpu);
          if (options.retries !== undefined) trained.retry({ count: options.retries });
          if (options.spot !== undefined) {
            trained.runOn(customJob({ hardware: tpu("v5e", "2x4"), strategy: options.spot ? "spot" : "on-demand" }));
          }
          return { model: trained.model, accuracy: trained.accuracy };
        },
        options.parallelism === undefined ? {} : { parallelism: options.parallelism },
      );
      const chosen = best({ models: tried.model, accuracies: tried.accuracy });
      if (options.extra) tell({ text: "hello" }).named("hello");
      const note = tell({ text: `got ${chosen.accuracy}` });
      if (options.after) note.after(prepared);
      if (options.always) serve({ model: chosen.model });
      else when(chosen.accuracy.atLeast(least), () => void serve({ model: chosen.model }));
      return { model: chosen.model };
    },
  );
  return compile(whole);
}

const lines = (changes: readonly Change[]) =>
  changes.map(({ kind, subject, aspect, name, before, after }) =>
    [kind, subject.kind, subject.title, aspect, name, before, after].filter((part) => part !== null).join(" | "),
  );
const changed = (before: Options, after: Options) => lines(diffSpecs(spec(before), spec(after)).changes);

test.each<[string, Options, string[]]>([
  ["an image", { image: "trainer:2" }, ["changed | task | train | image | trainer:1 | trainer:2"]],
  ["a constant", { parts: 20 }, ["changed | task | prepare | input | parts | 10 | 20"]],
  ["a default", { epochs: 5 }, ["changed | pipeline | whole | default | epochs | 3 | 5"]],
  ["what an input takes", { data: "test" }, ["changed | task | train | input | data | prepare.train | prepare.test"]],
  [
    "a condition",
    { least: 0.8 },
    ["changed | branch | if best.accuracy ≥ 0.8 | condition | if best.accuracy ≥ 0.9 | if best.accuracy ≥ 0.8"],
  ],
  ["a loop's items", { rates: [0.1] }, ["changed | loop | for each [0.1] | items | [0.1,0.2] | [0.1]"]],
  ["a loop's parallelism", { parallelism: 4 }, ["changed | loop | for each [0.1,0.2] | parallelism | 4"]],
  ["resources", { cpu: "8" }, ["changed | task | train | hardware | cpu | 8"]],
  ["caching", { cache: false }, ["changed | task | prepare | caching | on | off"]],
  ["a cache key", { cacheKey: "v2" }, ["changed | task | prepare | caching | on | on, key v2"]],
  ["a task's name", { trainName: "fit" }, ["renamed | task | fit | train | fit"]],
  ["a task more", { extra: true }, ["added | task | hello"]],
  ["the order", { after: true }, ["changed | task | tell | order | prepare"]],
  ["the pipeline's name", { name: "all" }, ["changed | pipeline | all | name | whole | all"]],
  [
    "a task that leaves its branch",
    { always: true },
    ["moved | task | serve | if best.accuracy ≥ 0.9 | the pipeline", "removed | branch | if best.accuracy ≥ 0.9"],
  ],
])("tells %s", (_what, options, expected) => {
  expect(changed({}, options)).toEqual(expected);
});

test("tells how often and how long a task is tried again", () => {
  const [line = ""] = changed({}, { retries: 2 });
  expect(line).toContain("changed | task | train | retry | 2 times");
});

test("tells of a CustomJob what it is, and not how the launcher takes it", () => {
  expect(changed({ spot: false }, { spot: true })).toEqual(["changed | task | train | hardware | strategy | spot"]);
  expect(changed({}, { spot: true })).toContain("changed | task | train | runs | container | custom-job");
});

test("tells what only the document of platform options has", () => {
  const work = container("work", { image: "work" });
  const whole = (key: string) =>
    compile(
      pipeline("whole", { kubernetes: pipelineConfig({ ttlSecondsAfterFinished: Number(key) }) }, () => void work()),
    );
  const [one, other] = [whole("60"), whole("90")];
  expect(diffSpecs(one, one).changes).toEqual([]);
  expect(diffSpecs(one, other).changes.length).toBeGreaterThan(0);
});

test("numbers in names that moved on are no change of the tasks", () => {
  const print = container("print", {
    image: "alpine",
    inputs: { text: string() },
    args: ({ inputs }) => [inputs.text],
  });
  const of = (...texts: string[]) =>
    compile(
      pipeline("prints", {}, () => {
        for (const text of texts) print({ text });
      }),
    );
  const { changes, reruns } = diffSpecs(of("a", "b"), of("new", "a", "b"));
  expect(lines(changes)).toEqual([
    "added | task | print",
    "renamed | task | print-2 | print | print-2",
    "renamed | task | print-3 | print-2 | print-3",
  ]);
  expect(reruns.map(({ title, verdict }) => `${title} ${verdict}`)).toEqual([
    "print again",
    "print-2 cached",
    "print-3 cached",
  ]);
});

describe("what runs again", () => {
  const verdicts = (before: Options, after: Options) =>
    Object.fromEntries(diffSpecs(spec(before), spec(after)).reruns.map(({ title, verdict }) => [title, verdict]));
  const all = { raw: "cached", prepare: "cached", train: "cached", best: "cached", tell: "cached", serve: "cached" };

  test.each<[string, Options, Record<string, string>]>([
    ["nothing changed", {}, {}],
    ["resources and retries are no part of Vertex's key", { cpu: "8", retries: 3 }, {}],
    ["neither is the order, nor a condition", { after: true, least: 0.5 }, {}],
    [
      "artifacts made anew make their consumers run",
      { image: "trainer:2" },
      { train: "again", best: "again", serve: "again", tell: "maybe" },
    ],
    [
      "a default counts for what takes it",
      { epochs: 4 },
      { train: "again", best: "again", serve: "again", tell: "maybe" },
    ],
    [
      "without caching, and what comes after it",
      { cache: false },
      { prepare: "again", train: "again", best: "again", serve: "again", tell: "maybe" },
    ],
    [
      "a loop runs for items that are new",
      { rates: [0.1, 0.3] },
      { train: "maybe", best: "maybe", serve: "maybe", tell: "maybe" },
    ],
  ])("%s", (_what, options, expected) => {
    expect(verdicts({}, options)).toEqual({ ...all, ...expected });
  });

  test("another pipeline name shares nothing; importers still give the same artifact", () => {
    const { raw, ...rest } = verdicts({}, { name: "other" });
    expect(raw).toBe("cached");
    expect(new Set(Object.values(rest))).toEqual(new Set(["again"]));
  });

  test("a key of its own counts alone", () => {
    expect(verdicts({ cacheKey: "one" }, { cacheKey: "one", parts: 99 })["prepare"]).toBe("cached");
    expect(verdicts({ cacheKey: "one" }, { cacheKey: "two" })["prepare"]).toBe("again");
  });

  test("each says why", () => {
    const { reruns } = diffSpecs(spec(), spec({ image: "trainer:2" }));
    expect(reruns.find(({ title }) => title === "best")?.reasons.join()).toContain("train.model");
    expect(reruns.filter(({ verdict, reasons }) => (verdict === "cached") !== (reasons.length === 0))).toEqual([]);
  });
});

const folder = fileURLToPath(new URL("../../../shared/kfp/golden", import.meta.url));

describe.skipIf(!existsSync(folder))("of the reference specs", () => {
  const files = globSync("**/*.yaml", { cwd: folder }).sort();

  test.each(files)("%s: is equal to itself, and every change is found", (file) => {
    const [document, platform] = readYaml(readFileSync(`${folder}/${file}`, "utf8")) as [
      Side["spec"],
      Side["platform"],
    ];
    const side: Side = { spec: document, platform };
    expect(diffSpecs(side, structuredClone(side)).changes).toEqual([]);
    for (const { at, side: other } of mutationsOf(side)) {
      const found = diffSpecs(side, other).changes;
      expect(found, at).not.toEqual([]);
    }
  });
});

/** Of each text, number and truth in a spec, another one; but not of the names by which its parts find each other. */
function* mutationsOf(side: Side): Generator<{ readonly at: string; readonly side: Side }> {
  for (const path of leavesIn(side, [])) {
    if (path.some((key) => names.has(key))) continue;
    const copy = structuredClone(side);
    const last = path.at(-1) ?? "";
    let parent = copy as unknown as Record<string, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
    const value = parent[last];
    parent[last] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : `${String(value)}x`;
    yield { at: path.join("/"), side: copy };
  }
}

const names = new Set([
  "componentRef",
  "executorLabel",
  "producerTask",
  "producerSubtask",
  "outputParameterKey",
  "outputArtifactKey",
  "componentInputParameter",
  "componentInputArtifact",
  "dependentTasks",
  "itemInput",
  "inputParameter",
  "inputArtifact",
  "triggerPolicy",
  "parameterExpressionSelector",
  "parameterType",
]);

function* leavesIn(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined && value !== null) yield path;
    return;
  }
  for (const [key, inner] of Object.entries(value)) yield* leavesIn(inner, [...path, key]);
}
