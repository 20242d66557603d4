import {
  artifactList,
  boolean,
  container,
  Dataset,
  double,
  importer,
  int,
  list,
  Model,
  optional,
  parallelFor,
  pipeline,
  string,
  struct,
  task,
  taskFinalStatus,
} from "../index.ts";

/** What the author of a function sees, and what must not compile; `tsc` checks it. Nothing here runs. */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

export const everything = task(
  "everything",
  {
    inputs: {
      text: string(),
      count: int({ default: 3 }),
      ratio: double(),
      flag: boolean(),
      maybe: int({ optional: true }),
      names: list<string>(),
      options: struct<{ readonly epochs: number }>(),
      data: Dataset,
      base: optional(Model),
      models: artifactList(Model),
      status: taskFinalStatus(),
    },
    outputs: { model: Model, loss: double(), names: list<string>(), info: struct<{ readonly rows: number }>() },
  },
  async ({ inputs, outputs, signal }) => {
    same<typeof inputs.text, string>(true);
    same<typeof inputs.count, number>(true);
    same<typeof inputs.flag, boolean>(true);
    same<typeof inputs.maybe, number | undefined>(true);
    same<typeof inputs.names, readonly string[]>(true);
    same<typeof inputs.options, { readonly epochs: number }>(true);
    same<typeof inputs.data.schemaTitle, "system.Dataset">(true);
    same<typeof inputs.data.path, string>(true);
    same<typeof inputs.status.state, string>(true);
    same<keyof typeof outputs, "model">(true);
    same<typeof signal, AbortSignal>(true);
    inputs.base?.path;
    inputs.models.map(({ uri }) => uri);
    outputs.model.metadata["rows"] = 3;
    outputs.model.uri = "gs://bucket/model";

    // @ts-expect-error: it may not be there.
    inputs.base.path;
    // @ts-expect-error: there is no such input.
    inputs.dataset;
    // @ts-expect-error: a parameter is returned.
    outputs.loss;
    // @ts-expect-error: an input's metadata is only read.
    inputs.data.metadata["rows"] = 3;
    // @ts-expect-error: metadata is JSON.
    outputs.model.metadata["at"] = new Date();

    return { loss: 1, names: ["a"], info: { rows: 1 } };
  },
);

task("nothing", {}, () => {});
task("nothing", {}, async () => {});

// @ts-expect-error: an output is missing.
task("work", { outputs: { loss: double(), count: int() } }, () => ({ loss: 1 }));

// @ts-expect-error: an output has the wrong type.
task("work", { outputs: { loss: double() } }, async () => ({ loss: "1" }));

// @ts-expect-error: nothing is returned.
task("work", { outputs: { loss: double() } }, () => {});

// @ts-expect-error: a function makes no list of artifacts.
task("work", { outputs: { models: artifactList(Model) } }, () => {});

// @ts-expect-error: an output is always given.
task("work", { outputs: { loss: double({ default: 1 }) } }, () => ({ loss: 1 }));

const train = container("train", { image: "python", inputs: { data: Dataset }, outputs: { model: Model } });

export function wired(): void {
  pipeline("wired", { inputs: { text: string(), uri: string() } }, ({ text, uri }) => {
    const data = importer(Dataset, { uri });
    const { model } = train({ data });
    const models = parallelFor([1, 2], () => ({ model: train({ data }).model })).model;
    const common = { text, ratio: 1, flag: true, names: ["a"], options: { epochs: 1 } };
    const done = everything({ ...common, data, models, base: model });

    // @ts-expect-error: a Model is no Dataset.
    everything({ ...common, data: model, models });
    // @ts-expect-error: there is no such output.
    done.lost;

    return { loss: done.loss };
  });
}
