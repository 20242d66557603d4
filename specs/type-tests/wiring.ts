import {
  Artifact,
  artifactList,
  cast,
  container,
  Dataset,
  double,
  importer,
  int,
  list,
  Metrics,
  Model,
  optional,
  pipeline,
  string,
  when,
} from "../index.ts";

/** What must not compile; `tsc` checks it. Nothing here runs. */

const train = container("train", {
  image: "trainer",
  inputs: { baseModel: Model, data: Dataset, epochs: int({ default: 3 }), tags: list<string>({ optional: true }) },
  outputs: { model: Model, speed: double(), name: string(), metrics: Metrics },
});
const look = container("look", { image: "look", inputs: { thing: Artifact, also: optional(Dataset) } });
const nothing = container("nothing", { image: "nothing" });

export function wiring(): void {
  pipeline(
    "wiring",
    { inputs: { uri: string(), count: int(), maybe: string({ optional: true }) } },
    ({ uri, count, maybe }) => {
      const base = importer(Model, { uri });
      const data = importer(Dataset, { uri });

      // Right.
      const trained = train({ baseModel: base, data, tags: ["a"] });
      train({ baseModel: trained.model, data, epochs: count });
      look({ thing: trained.metrics });
      look({ thing: data, also: data });
      const anything = importer(Artifact, { uri });
      train({ baseModel: cast(Model, anything), data: cast(Dataset, cast(Artifact, data)) });
      nothing();
      nothing({});
      when(maybe.isPresent(), () => {
        importer(Model, { uri: maybe });
      });

      // @ts-expect-error A Dataset is no Model.
      train({ baseModel: data, data });
      // @ts-expect-error A Model is no optional Dataset.
      look({ thing: data, also: base });
      // @ts-expect-error Any artifact is no Dataset.
      train({ baseModel: base, data: importer(Artifact, { uri }) });
      // @ts-expect-error A Model is never a Dataset.
      train({ baseModel: base, data: cast(Dataset, base) });
      // @ts-expect-error One artifact is no list of them.
      cast(artifactList(Dataset), anything);
      // @ts-expect-error A string is no int.
      train({ baseModel: base, data, epochs: "3" });
      // @ts-expect-error A string of the pipeline is no int.
      train({ baseModel: base, data, epochs: uri });
      // @ts-expect-error A double is no int.
      train({ baseModel: base, data, epochs: trained.speed });
      // @ts-expect-error A parameter is no artifact.
      train({ baseModel: trained.name, data });
      // @ts-expect-error An artifact is no parameter.
      train({ baseModel: base, data, epochs: base });
      // @ts-expect-error A task is none of its outputs.
      train({ baseModel: trained, data });
      // @ts-expect-error The list is of strings.
      train({ baseModel: base, data, tags: [1] });
      // @ts-expect-error data is missing.
      train({ baseModel: base });
      // @ts-expect-error All is missing.
      train();
      // @ts-expect-error data is misspelled.
      train({ baseModel: base, dat: data });
      // @ts-expect-error There is no such input.
      nothing({ extra: 1 });
      // @ts-expect-error There is no such output.
      trained.modle;
      // @ts-expect-error An int is no URI.
      importer(Model, { uri: count });
      // @ts-expect-error An int is compared with an int.
      when(count.equals("3"), () => nothing());
      // @ts-expect-error Only a text that may be absent can be asked.
      when(count.isPresent(), () => nothing());
      // @ts-expect-error A text that is always given need not be asked.
      when(uri.isPresent(), () => nothing());
      // @ts-expect-error An importer runs on no machine.
      base.runOn();
    },
  );

  // @ts-expect-error A task is none of its outputs.
  pipeline("returns-task", {}, () => ({ all: nothing() }));

  // @ts-expect-error The component has no such input.
  container("asks", { image: "i", inputs: { a: int() }, args: ({ inputs }) => [inputs.b] });

  // @ts-expect-error An output has no default.
  container("gives", { image: "i", outputs: { a: int({ default: 3 }) } });

  // @ts-expect-error An output is not optional.
  container("may-give", { image: "i", outputs: { a: optional(Model) } });

  // @ts-expect-error The default has the type of the parameter.
  int({ default: "3" });
}
