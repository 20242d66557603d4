import {
  type ArtifactListValue,
  artifactList,
  boolean,
  container,
  Dataset,
  double,
  int,
  list,
  Model,
  type ParameterValue,
  parallelFor,
  pipeline,
  string,
  struct,
} from "../index.ts";

/** What must not compile about loops; `tsc` checks it. Nothing here runs. */

const train = container("train", {
  image: "i",
  inputs: { rate: double({ default: 1 }), name: string({ default: "" }), steps: int({ default: 1 }) },
  outputs: { model: Model, loss: double() },
});
const flags = container("flags", { image: "i", inputs: { on: boolean() } });
const choose = container("choose", {
  image: "i",
  inputs: { models: artifactList(Model), losses: list<number>() },
  outputs: { best: int() },
});
const read = container("read", { image: "i", inputs: { data: Dataset } });
const split = container("split", { image: "i", outputs: { names: list<string>(), rates: list({ items: double() }) } });

export function loops(): void {
  pipeline(
    "loops",
    { inputs: { shards: artifactList(Dataset), runs: list<{ name: string; rate: number }>(), count: int() } },
    ({ shards, runs, count }) => {
      // Right: literal items, of one type or structs.
      const trained = parallelFor([1e-5, 5e-5], (rate) => train({ rate }), { parallelism: 2 });
      const models: ArtifactListValue<"system.Model"> = trained.model;
      const losses: ParameterValue<"list", readonly number[]> = trained.loss;
      choose({ models, losses });
      parallelFor(["a", "b"], (name) => train({ name }));
      parallelFor([{ name: "a", rate: 1, on: true }], (run) => {
        train({ name: run.field("name"), rate: run.field("rate") });
        flags({ on: run.field("on") });
      });
      // Right: lists that are known only at run time, and artifacts.
      parallelFor(runs, (run) => train({ name: run.field("name"), rate: run.field("rate") }));
      parallelFor(split().names, (name) => train({ name }));
      parallelFor(split().rates, (rate) => train({ rate }));
      parallelFor(shards, (data) => {
        read({ data });
      });
      // Right: nested.
      parallelFor([["a"], ["b"]], (names) => {
        parallelFor(names, (name) => train({ name }));
      });

      // @ts-expect-error A text is no number.
      parallelFor(["a"], (name) => train({ rate: name }));
      // @ts-expect-error There is no such field.
      parallelFor([{ name: "a" }], (run) => train({ name: run.field("nmae") }));
      // @ts-expect-error The field is a text.
      parallelFor(runs, (run) => train({ rate: run.field("name") }));
      // @ts-expect-error One number is no list.
      parallelFor(count, () => train());
      // @ts-expect-error An item of the list is a Dataset.
      parallelFor(shards, (data) => choose({ models: data, losses: [] }));
      // @ts-expect-error A list is no item.
      read({ data: shards });
      // @ts-expect-error Outside the loop, it is a list.
      train({ rate: trained.loss });
      // @ts-expect-error The body gives no such thing.
      trained.accuracy;
      // @ts-expect-error Only structs have fields.
      parallelFor(["a"], (name) => train({ name: name.field("x") }));
    },
  );
}

// @ts-expect-error The default is a list of what it holds.
list({ items: int(), default: ["a"] });
// @ts-expect-error Every field is a number.
struct({ fields: int(), default: { a: "b" } });
