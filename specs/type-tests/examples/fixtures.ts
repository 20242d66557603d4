import {
  Artifact,
  type ArtifactListValue,
  type ArtifactValue,
  artifactList,
  type ComparableValue,
  container,
  Dataset,
  double,
  int,
  list,
  Metrics,
  Model,
  optional,
  type ParameterValue,
  type PipelineSpec,
  pipeline,
  string,
  struct,
  taskFinalStatus,
} from "../../index.ts";

export { expect, test } from "vitest";

/** What the examples in documents and comments take for granted. Nothing here runs. */

export const train = container("train", {
  image: "trainer",
  inputs: {
    data: Dataset,
    base: optional(Model),
    epochs: int({ default: 3 }),
    learningRate: double({ default: 1e-5 }),
  },
  outputs: { model: Model, metrics: Metrics, loss: double() },
});
export const tune = container("tune", {
  image: "trainer",
  inputs: { data: Dataset, rate: double() },
  outputs: { model: Model, loss: double() },
});
export const prepare = container("prepare", {
  image: "trainer",
  inputs: { source: string() },
  outputs: { data: Dataset, epochs: int(), rows: int(), label: string() },
});
export const evaluate = container("evaluate", { image: "trainer", inputs: { model: Model, data: Dataset } });
export const choose = container("choose", {
  image: "trainer",
  inputs: { models: optional(artifactList(Model)), losses: list<number>() },
});
export const configure = container("configure", { image: "trainer", inputs: { options: struct() } });
export const notify = container("notify", {
  image: "trainer",
  inputs: { message: string({ default: "" }), channel: string({ default: "" }) },
});
export const report = container("report", {
  image: "trainer",
  inputs: { channel: string(), status: taskFinalStatus() },
});
export const print = container("print", { image: "trainer", inputs: { text: string() } });
const speak = container("speak", { image: "trainer", outputs: { text: string() } });
export const [german, french, english] = [speak, speak, speak];
export const work = container("work", { image: "trainer", inputs: { thing: optional(Artifact) } });

export const fineTune = pipeline("fine-tune", { inputs: { data: Dataset } }, ({ data: given }) => {
  const trained = train({ data: given });
  return { model: trained.model };
});

export const trainAndEvaluate = pipeline("train-and-evaluate", { inputs: { source: string() } }, (given) => {
  const made = prepare({ source: given.source });
  evaluate({ model: train({ data: made.data }).model, data: made.data });
});

export const before: PipelineSpec = {};
export const after: PipelineSpec = {};

export const data = null as unknown as ArtifactValue<"system.Dataset">;
export const base = null as unknown as ArtifactValue<"system.Model">;
export const shards = null as unknown as ArtifactListValue<"system.Dataset">;
export const runs = null as unknown as ParameterValue<"list", readonly { rate: number }[]>;
export const prepared = null as unknown as ReturnType<typeof prepare>;
export const source = null as unknown as ComparableValue<"string", string>;
export const language = null as unknown as ComparableValue<"string", string>;
export const serviceAccount = null as unknown as ComparableValue<"string", string>;
export const inputs = null as unknown as { readonly uri: ReturnType<typeof string> };
export const parse = (text: string): readonly number[] => text.split(",").map(Number);
export const mean = (numbers: readonly number[]): number => Math.max(...numbers);
export const PORT = 8080;
export const url = "http://localhost:8081";
