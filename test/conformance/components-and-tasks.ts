import {
  Artifact,
  artifactList,
  boolean,
  cast,
  concat,
  container,
  currentTask,
  Dataset,
  described,
  double,
  executorInput,
  HTML,
  ifPresent,
  importer,
  int,
  job,
  list,
  Model,
  optional,
  pipeline,
  string,
  struct,
} from "../../specs/index.ts";

/** The components and pipelines of `components_and_tasks.py`. */

const everyType = container("every-type", {
  image: "every",
  inputs: {
    a_text: string(),
    a_number: int(),
    a_rate: double(),
    a_flag: boolean(),
    a_list: list(),
    a_struct: struct(),
    typed_list: list<string>(),
    typed_struct: struct<Record<string, number>>(),
  },
  outputs: { text: string(), number: int(), rate: double(), flag: boolean(), items: list(), fields: struct() },
  command: ({ inputs }) => ["run", inputs.a_text, inputs.a_number],
  args: ({ inputs, outputs }) => [
    inputs.a_rate,
    inputs.a_flag,
    inputs.a_list,
    inputs.a_struct,
    inputs.typed_list,
    inputs.typed_struct,
    ...Object.values(outputs).map(({ path }) => path),
  ],
});

const everyDefault = container("every-default", {
  image: "default",
  inputs: {
    a_text: string({ default: 'with "quotes", a\nline, ü, 日本 and {{braces}}' }),
    an_empty_text: string({ default: "" }),
    a_number: int({ default: -7 }),
    a_large_number: int({ default: 2 ** 40 }),
    a_rate: double({ default: 1e-7 }),
    a_large_rate: double({ default: 1e21 }),
    a_whole_rate: double({ default: 3 }),
    yes: boolean({ default: true }),
    no: boolean({ default: false }),
    an_empty_list: list({ default: [] }),
    a_list: list({ default: [1, 2.5, "three", [true]] }),
    an_empty_struct: struct({ default: {} }),
    a_struct: struct({ default: { b: 1, a: { deep: [[], "x"] } } }),
    maybe: string({ optional: true }),
    perhaps: struct({ optional: true }),
  },
  args: ({ inputs }) => [inputs.a_text, inputs.maybe, inputs.perhaps],
});

const placeholders = container("placeholders", {
  image: "placeholders",
  inputs: {
    data: Dataset,
    model: Model,
    text: string(),
    extra: string({ optional: true }),
    base: optional(Model),
  },
  outputs: { report: HTML, out: Model, answer: string() },
  command: ({ inputs }) => ["sh", "-c", `run ${inputs.data.uri}/part --text=${inputs.text}`, `--${executorInput}`],
  args: ({ inputs: { data, model, text, extra, base }, outputs: { report, out, answer } }) => [
    data.path,
    data.uri,
    data.metadata,
    model.metadata.field("framework"),
    report.path,
    out.uri,
    out.metadata.field("a b"),
    answer.path,
    concat("--text=", text, "/", data.uri),
    concat("a", concat(text, "b")),
    ifPresent(extra, ["--extra", extra]),
    ifPresent(extra, extra, "none"),
    ifPresent(base, ["--base", base.path], ["--scratch"]),
    concat("x=", ifPresent(extra, extra, 'ü"quoted"')),
    ifPresent(extra, [concat("--e=", extra), "and"], ["no", "way"]),
  ],
});

const underscored = container("Under_Scored_2", { image: "named", inputs: { a: string({ default: "x" }) } });

const wholeInput = container("whole-input", {
  image: "whole",
  args: ["--executor_input", executorInput, "--path", "{{$.outputs.output_file}}"],
});

const make = container("make", {
  image: "make",
  outputs: { text: string(), number: int(), data: Dataset, thing: Artifact },
  args: ({ outputs }) => Object.values(outputs).map(({ path }) => path),
});

const take = container("take", {
  image: "take",
  inputs: { data: Dataset, thing: Artifact, other: optional(Artifact) },
  args: ({ inputs }) => [inputs.data.path],
});

const say = container("say", {
  image: "say",
  inputs: { text: string(), fields: struct({ default: {} }), items: list({ default: [] }) },
  args: ({ inputs }) => [inputs.text, inputs.fields, inputs.items],
});

const takeMany = container("take-many", {
  image: "many",
  inputs: { many: artifactList(Dataset), maybe: optional(artifactList(Artifact)) },
  args: ({ inputs }) => [inputs.many],
});

const constants = pipeline(
  "constants",
  {
    description: 'Says: "ü"\nand more.',
    displayName: "All constants",
    inputs: {
      text: string({ default: 'it\'s "so" {x}' }),
      number: int({ default: 1e15 }),
      rate: double({ default: 2 }),
      flag: boolean({ default: false }),
      items: list({ default: [{ a: 1 }, {}] }),
      fields: struct({ default: { n: "", r: 1.5, i: 2, deep: { l: [[]] } } }),
      nothing: string({ optional: true }),
      no_fields: struct({ optional: true }),
      needed: string({ default: "" }),
    },
  },
  ({ text, number, rate, flag, items, fields, nothing, no_fields, needed }) => {
    everyType({
      a_text: "1",
      a_number: 2 ** 31,
      a_rate: 3,
      a_flag: true,
      a_list: [1, 2, "3", { a: [] }],
      a_struct: { z: 1, a: [0.1, -1e-9, 1e300] },
      typed_list: [],
      typed_struct: {},
    });
    everyType({
      a_text: text,
      a_number: number,
      a_rate: rate,
      a_flag: flag,
      a_list: items,
      a_struct: fields,
      typed_list: ["\u2028", "\t"],
      typed_struct: { ü: 1 },
    });
    everyDefault({ maybe: nothing, perhaps: no_fields, a_text: needed });
    everyDefault();
  },
);

const textsAndData = pipeline(
  "texts-and-data",
  {
    inputs: {
      a: string(),
      b: int({ default: 1 }),
      c: double({ default: 0.5 }),
      d: boolean({ default: true }),
    },
  },
  ({ a, b, c, d }) => {
    const made = make();
    say({ text: `${a}${b}${c}${d} ${a} ${made.text}, ${made.number}` });
    say({
      text: `${made.number}`,
      fields: {
        whole: made.text,
        key: `${b} of ${made.number}`,
        deep: [{ list: [a, b, c, d, 1, 1, "x"] }],
      },
      items: [a, `<${a}>`, [made.number], { again: made.number }],
    });
    say({ text: `${job.name}-${a}`, items: [job.root] });
    say({ text: currentTask.uuid, fields: { at: job.createTime } });
  },
);

const inner = pipeline(
  "inner",
  {
    description: "The one inside.",
    inputs: {
      name: string(),
      data: Dataset,
      many: artifactList(Dataset),
      base: optional(Artifact),
      extra: int({ optional: true }),
    },
  },
  ({ name, data, many, base, extra }) => {
    const made = make();
    take({ data, thing: made.thing, other: base });
    say({ text: `${name} ${extra}`, items: [extra] });
    takeMany({ many });
    return { Output: made.data };
  },
);

const outer = pipeline(
  "outer",
  {
    inputs: { data: Dataset, many: artifactList(Dataset), maybe: optional(Model), run: string({ default: "r" }) },
  },
  ({ data, many, maybe, run }) => {
    const first = inner({ name: run, data, many });
    const second = inner({ name: "b", data: first.Output, many, base: maybe, extra: 3 });
    second.displayName("the second").cache(false).retry({ count: 2 });
    const third = inner({ name: `${run}-c`, data: second.Output, many, base: data }).after(first);
    take({ data: third.Output, thing: data }).cache(false);
    return { Output: cast(Artifact, third.Output) };
  },
);

const documented = pipeline(
  "documented",
  {
    description: "Says what it does.\nAnd at more length.",
    inputs: {
      name: string({ description: "Of what,\nin two lines." }),
      number: int({ default: 1, description: "How many." }),
      data: described(optional(Dataset), { description: '"Some" data.' }),
      many: described(optional(artifactList(Dataset)), { description: "Many of them." }),
    },
  },
  ({ name, number, data, many }) => {
    const made = make();
    say({ text: `${name}-${number}` });
    take({ data, thing: made.thing });
    takeMany({ many });
    return {
      text: described(made.text, { description: "What was said." }),
      data: described(made.data, { description: "What was made." }),
    };
  },
);

const documents = pipeline(
  "documents",
  { description: "Takes and gives what is documented elsewhere.", inputs: { name: string() } },
  ({ name }) => {
    const done = documented({ name });
    say({ text: done.text });
    return { Output: done.text };
  },
);

const told = pipeline(
  "told",
  {
    root: "gs://bucket/root",
    inputs: {
      cpu: string({ default: "1" }),
      memory: string({ default: "2G" }),
      kind: string({ default: "NVIDIA_L4" }),
      count: string({ default: "1" }),
      image: string({ default: "i:1" }),
    },
  },
  ({ cpu, memory, kind, count, image }) => {
    const made = make();
    say({ text: "1" })
      .cpu({ request: "500m", limit: "2" })
      .memory({ request: "512Mi", limit: "2Gi" })
      .accelerator("NVIDIA_TESLA_T4", 8);
    say({ text: "2" }).cpu({ request: cpu }).memory({ request: memory, limit: made.text });
    say({ text: "3" }).accelerator(kind, count).image(image);
    say({ text: "4" }).env({ B: "1", A: "{{x}}" }).env({ B: "2", C: "" });
    say({ text: "5" }).image("other:1").displayName("Fünf").after(made);
    say({ text: "6" }).retry({ count: 0 }).cache({ key: "k" });
    say({ text: "7" }).retry({ count: 9, backoffSeconds: 90, backoffFactor: 1.5, backoffMaxSeconds: 7200 });
    say({ text: `${cpu}` })
      .cpu(cpu)
      .cache(false);
    say({ text: "" }).cpu("0").memory("0").cache({ key: "" }).displayName("");
    underscored();
    underscored({ a: "y" }).after(made);
    wholeInput();
  },
);

const imports = pipeline(
  "imports",
  { description: "", displayName: "", root: "", inputs: { uri: string(), version: int({ default: 1 }) } },
  ({ uri, version }) => {
    const made = make();
    const first = importer(Model, { uri, reimport: true, metadata: { v: version, n: [1, 2.5, "ü"] } });
    const second = importer(Dataset, { uri: made.text, metadata: { a: `<${uri}>`, b: `${made.number}` } }).after(first);
    const third = importer(Artifact, { uri: "gs://b/c" }).cache(false).displayName("third");
    take({ data: second, thing: first, other: third });
  },
);

export const written = [
  everyType,
  everyDefault,
  placeholders,
  underscored,
  wholeInput,
  make,
  take,
  takeMany,
  constants,
  textsAndData,
  inner,
  outer,
  documented,
  documents,
  told,
  imports,
];
