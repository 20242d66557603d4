import { type Static, Type } from "typebox";
import { ServeSchema } from "../promote/serve.ts";
import { oneOfByPresence, oneOfByValue } from "../schema/one-of.ts";
import { GateSchema } from "./gate-policy.ts";
import { EvaluateSchema, trainSchema } from "./train-settings.ts";

export type { GatePolicy } from "./gate-policy.ts";

/**
 * What to retrain: one YAML file a model, in `recipes/`.
 * This schema is the only source of the recipe's type and of its validator
 * (`npm run generate` compiles it to `generated/`).
 */

const closed = { additionalProperties: false } as const;
const Name = Type.String({
  pattern: "^[a-z][a-z0-9-]{0,62}$",
  description: "Lower case letters, digits and hyphens.",
});
const Duration = Type.String({
  pattern: "^[0-9]+(ms|s|m|h|d)$",
  description: "A number and its unit: 500ms, 30s, 10m, 24h, 7d.",
});

/** Not a union, of which every branch would report its own problems. */
const Files = Type.Unsafe<string | string[]>({
  type: ["string", "array"],
  minLength: 1,
  minItems: 1,
  items: { type: "string", minLength: 1 },
  description: "A path, a pattern such as data/train-*.parquet, or a list of these.",
});
const shaping = {
  sql: Type.Optional(
    Type.String({
      minLength: 1,
      description: "One SELECT in DuckDB's SQL over the table `source`; it can read nothing else.",
    }),
  ),
} as const;
const mixing = {
  name: Name,
  weight: Type.Number({ exclusiveMinimum: 0, default: 1, description: "Share in the mix, beside the other sources'." }),
} as const;

const hub = {
  source: Type.Literal("hub"),
  dataset: Type.String({ minLength: 1, description: "The data set's id on the Hub, owner/name." }),
  revision: Type.String({ default: "main", description: "Branch, tag or commit." }),
  train: Files,
  test: Type.Optional(Files),
  ...shaping,
} as const;
const file = { source: Type.Literal("file"), train: Files, test: Type.Optional(Files), ...shaping } as const;
const storage = { source: Type.Literal("storage"), train: Files, test: Type.Optional(Files), ...shaping } as const;
const Rows = Type.String({
  minLength: 1,
  description: "A table, PROJECT.DATASET.TABLE, or a query: SELECT …",
});
const bigquery = {
  source: Type.Literal("bigquery"),
  project: Type.Optional(Type.String({ minLength: 1, description: "That pays; the environment's when left out." })),
  location: Type.String({ default: "US", description: "Where the data set of the table lies." }),
  train: Rows,
  test: Type.Optional(Rows),
  ...shaping,
} as const;

const SourceSchema = oneOfByValue("source", {
  hub: Type.Object({ ...mixing, ...hub }, closed),
  file: Type.Object({ ...mixing, ...file }, closed),
  storage: Type.Object({ ...mixing, ...storage }, closed),
  bigquery: Type.Object({ ...mixing, ...bigquery }, closed),
});

const DataSchema = oneOfByValue("source", {
  hub: Type.Object(hub, closed),
  file: Type.Object(file, closed),
  storage: Type.Object(storage, closed),
  bigquery: Type.Object(bigquery, closed),
  mix: Type.Object(
    {
      source: Type.Literal("mix"),
      sources: Type.Array(SourceSchema, { minItems: 1, description: "Each with a name." }),
    },
    closed,
  ),
});

const Scalar = Type.Unsafe<string | number | boolean>({ type: ["string", "number", "boolean"] });
const ColumnCheckSchema = Type.Object(
  {
    type: Type.Optional(
      Type.Enum(["string", "integer", "number", "boolean", "timestamp"], {
        description: "What every value must be readable as.",
      }),
    ),
    nullable: Type.Optional(Type.Boolean({ description: "Whether a row may lack it; true when left out." })),
    minLength: Type.Optional(Type.Integer({ minimum: 0, description: "Characters." })),
    maxLength: Type.Optional(Type.Integer({ minimum: 0, description: "Characters." })),
    pattern: Type.Optional(
      Type.String({ minLength: 1, description: "A regular expression (RE2) that is found in it." }),
    ),
    values: Type.Optional(Type.Array(Scalar, { minItems: 1, description: "All that it may be." })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
  },
  closed,
);
export type ColumnCheck = Static<typeof ColumnCheckSchema>;

const DataChecksSchema = Type.Object(
  {
    columns: Type.Record(Type.String(), ColumnCheckSchema, {
      default: {},
      description: "Column → what its values are.",
    }),
    maximumBadRows: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.1,
      description: "Share of the rows that may break a check; those are kept aside. More fail the preparation.",
    }),
    drift: Type.Enum(["fail", "report"], {
      default: "fail",
      description: "What happens when columns that are used are not of the champion's data's types.",
    }),
  },
  { ...closed, default: {} },
);

const Time = Type.String({
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?$",
  description: "A date or a time, UTC unless it says otherwise.",
});

export const HardwareSchema = oneOfByPresence(
  "tpu",
  Type.Object(
    {
      tpu: Type.Enum(["v5e", "v6e"]),
      topology: Type.String({ pattern: "^[0-9]+x[0-9]+$", description: "Chips, such as 1x1, 2x2, 2x4." }),
      strategy: Type.Enum(["on-demand", "spot"], { default: "on-demand" }),
    },
    closed,
  ),
  Type.Object(
    {
      machine: Type.String({
        minLength: 1,
        description: "A Compute Engine machine type, such as a3-highgpu-8g or c3-standard-8.",
      }),
      strategy: Type.Enum(["on-demand", "spot", "flex"], { default: "on-demand" }),
    },
    closed,
  ),
);
export type Hardware = Static<typeof HardwareSchema>;

export const CanaryStepSchema = Type.Object(
  {
    percent: Type.Integer({ minimum: 1, maximum: 99 }),
    bake: Duration,
  },
  closed,
);
export type CanaryStep = Static<typeof CanaryStepSchema>;

export const PromoteSchema = Type.Object(
  {
    endpoint: Name,
    machine: Type.String({ default: "c3-standard-4" }),
    replicas: Type.Integer({ minimum: 1, default: 1 }),
    canary: Type.Array(CanaryStepSchema, {
      default: [
        { percent: 10, bake: "10m" },
        { percent: 50, bake: "10m" },
      ],
    }),
    maxErrorRate: Type.Number({ minimum: 0, maximum: 1, default: 0.01 }),
    maxLatency: Type.Optional(Duration),
    cooldown: Type.String({
      pattern: "^[0-9]+(ms|s|m|h|d)$",
      default: "10m",
      description: "How long the old model stays deployed at 0 % before it is retired.",
    }),
  },
  closed,
);
export type PromotePolicy = Static<typeof PromoteSchema>;

const NearDuplicatesSchema = Type.Object(
  {
    threshold: Type.Number({
      minimum: 0.2,
      maximum: 1,
      default: 0.8,
      description:
        "Share of the shingles of two texts that both have (Jaccard), from which on they are near duplicates.",
    }),
    shingle: Type.Integer({ minimum: 1, maximum: 64, default: 5, description: "Words in a row." }),
    permutations: Type.Integer({
      minimum: 16,
      maximum: 1024,
      default: 128,
      description: "Of MinHash: with more, fewer pairs are missed.",
    }),
  },
  { ...closed, description: "Of rows whose texts are nearly the same, within and across splits, one stays." },
);

const ContaminationSchema = Type.Object(
  {
    ngram: Type.Integer({
      minimum: 2,
      maximum: 64,
      default: 13,
      description:
        "Words in a row that a training text and an evaluation text share; shorter texts are compared whole.",
    }),
    share: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0,
      description: "Of the training text's n-grams that must be shared; one of them at least.",
    }),
    against: Type.Array(
      Type.Object(
        {
          name: Name,
          dataset: Type.String({ minLength: 1, description: "The data set's id on the Hub, owner/name." }),
          revision: Type.String({ default: "main", description: "Branch, tag or commit." }),
          files: Files,
          columns: Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            default: ["text"],
            description: "Whose texts are looked for, each by itself.",
          }),
        },
        closed,
      ),
      { default: [], description: "Evaluation sets beside the test split." },
    ),
  },
  { ...closed, description: "Training rows that hold texts of evaluation sets are kept aside." },
);

export const RecipeSchema = Type.Object(
  {
    name: Name,
    description: Type.Optional(Type.String()),
    task: Type.Enum(["text-classification", "multi-label-classification", "causal-lm"]),
    model: Type.Object(
      {
        base: Type.String({ minLength: 1, description: "The model's id on the Hub, owner/name." }),
        revision: Type.String({ default: "main" }),
      },
      closed,
    ),
    data: DataSchema,
    columns: Type.Object(
      {
        text: Type.String({ minLength: 1, default: "text" }),
        label: Type.String({ minLength: 1, default: "label" }),
        separator: Type.Optional(
          Type.String({
            minLength: 1,
            description: "Between the labels of a text with several, where the column is no list and no JSON.",
          }),
        ),
        messages: Type.Optional(
          Type.String({
            minLength: 1,
            description:
              "Of causal-lm: the conversation, a list of {role, content}, or its JSON; `messages` if left out.",
          }),
        ),
        prompt: Type.Optional(Type.String({ minLength: 1, description: "Of causal-lm, instead of messages." })),
        completion: Type.Optional(Type.String({ minLength: 1, description: "What answers the prompt." })),
        input: Type.Optional(
          Type.String({ minLength: 1, description: "What the prompt is about, put below it where it is not empty." }),
        ),
        system: Type.Optional(
          Type.String({ minLength: 1, description: "Of causal-lm: what stands before all messages." }),
        ),
        tools: Type.Optional(
          Type.String({ minLength: 1, description: "Of causal-lm: functions that may be called, as JSON schemas." }),
        ),
        slices: Type.Array(Type.String({ minLength: 1 }), {
          default: [],
          description: "Columns by whose values the evaluation is cut.",
        }),
      },
      { ...closed, default: {} },
    ),
    schema: DataChecksSchema,
    splits: Type.Object(
      {
        validation: Type.Number({ minimum: 0, maximum: 0.5, default: 0.1 }),
        test: Type.Number({
          minimum: 0,
          maximum: 0.5,
          default: 0.2,
          description: "Used where the data has no test file.",
        }),
        group: Type.Optional(
          Type.String({ minLength: 1, description: "Rows with the same value of this column stay in one split." }),
        ),
        time: Type.Optional(
          Type.Object(
            {
              column: Type.String({ minLength: 1 }),
              from: Type.Optional(Time),
              validation: Type.Optional(Time),
              test: Time,
              until: Type.Optional(Time),
            },
            {
              ...closed,
              description: "Instead of shares: train on what came before, validate and test from these times on.",
            },
          ),
        ),
      },
      { ...closed, default: {} },
    ),
    sampling: Type.Optional(
      Type.Object(
        {
          balance: Type.Optional(
            Type.String({
              minLength: 1,
              description: "`label` or a slice: its values get about as many training rows.",
            }),
          ),
          ratio: Type.Number({
            minimum: 1,
            default: 1,
            description: "Of balance: how many times the rows of the rarest value the others may have.",
          }),
          rows: Type.Optional(Type.Integer({ minimum: 1, description: "Training rows at most." })),
          stratify: Type.Array(Type.String({ minLength: 1 }), {
            default: ["label"],
            description: "`label` and slices whose shares stay the same when rows are left out.",
          }),
        },
        { ...closed, description: "Leaves out training rows; the same ones for the same data." },
      ),
    ),
    nearDuplicates: Type.Optional(NearDuplicatesSchema),
    contamination: Type.Optional(ContaminationSchema),
    statistics: Type.Object(
      {
        rows: Type.Integer({
          minimum: 1000,
          default: 100_000,
          description: "Texts of which words, languages and tokens are counted, the same ones for the same data.",
        }),
      },
      { ...closed, default: {} },
    ),
    preparation: Type.Object(
      {
        memory: Type.String({
          pattern: "^[0-9]+(MB|GB|MiB|GiB)$",
          default: "1GiB",
          description: "What the engine may use for rows, whatever the data's size.",
        }),
        shardedFrom: Type.Optional(
          Type.String({
            pattern: "^[0-9]+(MB|GB|TB|MiB|GiB|TiB)$",
            description: "Size of the sources from which on a Vertex pipeline prepares them; never, when left out.",
          }),
        ),
        image: Type.String({
          minLength: 1,
          default: "us-central1-docker.pkg.dev/retemper/retemper/prepare",
          description: "The container of the Vertex pipeline that prepares.",
        }),
        workers: Type.Integer({
          minimum: 1,
          maximum: 100,
          default: 8,
          description: "Of the Vertex pipeline, side by side.",
        }),
        machine: Type.Optional(
          Type.Object(
            {
              cpu: Type.String({ default: "4" }),
              memory: Type.String({ default: "16G" }),
            },
            { ...closed, description: "Of a worker of the Vertex pipeline." },
          ),
        ),
      },
      { ...closed, default: {}, description: "How the data is prepared; the bytes do not depend on it." },
    ),
    train: trainSchema({
      hardware: HardwareSchema,
      image: Type.Optional(
        Type.String({ description: "The trainer's container; the environment's own when left out." }),
      ),
      command: Type.Optional(
        Type.Array(Type.String({ minLength: 1 }), {
          minItems: 1,
          description: "What trains in `image` instead; docs/trainer-contract.md says what it must do.",
        }),
      ),
    }),
    evaluate: Type.Optional(EvaluateSchema),
    budget: Type.Optional(Type.Object({ maximumUsd: Type.Number({ exclusiveMinimum: 0 }) }, closed)),
    gate: GateSchema,
    approval: Type.Optional(
      Type.Object({ deadline: Type.String({ pattern: "^[0-9]+(ms|s|m|h|d)$", default: "24h" }) }, closed),
    ),
    promote: PromoteSchema,
    serve: Type.Optional(ServeSchema),
    publish: Type.Optional(
      Type.Object({ repo: Type.String({ minLength: 1 }), private: Type.Boolean({ default: true }) }, closed),
    ),
    schedule: Type.Optional(Type.Object({ every: Duration, paused: Type.Boolean({ default: false }) }, closed)),
    notify: Type.Optional(
      Type.Object(
        {
          webhook: Type.String({
            pattern: "^(https?://.+|\\$[A-Z][A-Z0-9_]*)$",
            description:
              "An http(s) address, or $NAME: the environment variable of the worker that holds it, where the address is a secret.",
          }),
        },
        { ...closed, description: "Posted to when a run fails or is refused." },
      ),
    ),
  },
  closed,
);
export type Recipe = Static<typeof RecipeSchema>;
/** One place that rows come from: all data, or a part of a mix. */
export type DataSource = Exclude<Recipe["data"], { source: "mix" }>;
