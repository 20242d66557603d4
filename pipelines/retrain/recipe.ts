import { type Static, Type } from "typebox";
import { oneOfByPresence, oneOfByValue } from "../schema/one-of.ts";

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

export const HubDataSchema = Type.Object(
  {
    source: Type.Literal("hub"),
    dataset: Type.String({ minLength: 1, description: "The data set's id on the Hub, owner/name." }),
    revision: Type.String({ default: "main", description: "Branch, tag or commit." }),
    train: Type.String({ minLength: 1, description: "Path of the training file in the repo." }),
    test: Type.Optional(
      Type.String({ minLength: 1, description: "Path of the test file; without it, rows are split by hash." }),
    ),
  },
  closed,
);

export const FileDataSchema = Type.Object(
  {
    source: Type.Literal("file"),
    train: Type.String({ minLength: 1, description: "A CSV, JSONL or Parquet file, relative to the recipe." }),
    test: Type.Optional(Type.String({ minLength: 1 })),
  },
  closed,
);

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

export const GateSchema = Type.Object(
  {
    thresholds: Type.Object(
      {
        accuracy: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        macroF1: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      },
      { ...closed, default: {}, description: "Least value of each metric on the test split." },
    ),
    champion: Type.Object(
      {
        metric: Type.Enum(["accuracy", "macroF1"], { default: "accuracy" }),
        minimumGain: Type.Number({
          default: 0,
          description: "Least gain over the champion, as a difference of the metric.",
        }),
        alpha: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.05,
          description: "Significance level of the paired test.",
        }),
      },
      { ...closed, default: {} },
    ),
    slices: Type.Object(
      {
        maximumDrop: Type.Number({
          minimum: 0,
          default: 0.05,
          description: "The most that a slice's accuracy may fall, where the fall is significant.",
        }),
        minimumRows: Type.Integer({ minimum: 1, default: 50 }),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);
export type GatePolicy = Static<typeof GateSchema>;

export const RecipeSchema = Type.Object(
  {
    name: Name,
    description: Type.Optional(Type.String()),
    task: Type.Literal("text-classification"),
    model: Type.Object(
      {
        base: Type.String({ minLength: 1, description: "The model's id on the Hub, owner/name." }),
        revision: Type.String({ default: "main" }),
      },
      closed,
    ),
    data: oneOfByValue("source", { hub: HubDataSchema, file: FileDataSchema }),
    columns: Type.Object(
      {
        text: Type.String({ minLength: 1, default: "text" }),
        label: Type.String({ minLength: 1, default: "label" }),
        slices: Type.Array(Type.String({ minLength: 1 }), {
          default: [],
          description: "Columns by whose values the evaluation is cut.",
        }),
      },
      { ...closed, default: {} },
    ),
    splits: Type.Object(
      {
        validation: Type.Number({ minimum: 0, maximum: 0.5, default: 0.1 }),
        test: Type.Number({
          minimum: 0,
          maximum: 0.5,
          default: 0.2,
          description: "Used where the data has no test file.",
        }),
      },
      { ...closed, default: {} },
    ),
    train: Type.Object(
      {
        epochs: Type.Integer({ minimum: 1, default: 2 }),
        batchSize: Type.Integer({ minimum: 1, default: 32 }),
        maxLength: Type.Integer({ minimum: 8, default: 128, description: "Tokens." }),
        learningRate: Type.Number({ exclusiveMinimum: 0, default: 3e-5 }),
        weightDecay: Type.Number({ minimum: 0, default: 0.01 }),
        warmup: Type.Number({ minimum: 0, maximum: 1, default: 0.1, description: "Share of the steps." }),
        seed: Type.Integer({ minimum: 0, default: 0 }),
        checkpointEvery: Type.Integer({ minimum: 1, default: 100, description: "Steps." }),
        hardware: HardwareSchema,
        image: Type.Optional(
          Type.String({ description: "The trainer's container; the environment's own when left out." }),
        ),
      },
      closed,
    ),
    budget: Type.Optional(Type.Object({ maximumUsd: Type.Number({ exclusiveMinimum: 0 }) }, closed)),
    gate: GateSchema,
    approval: Type.Optional(
      Type.Object({ deadline: Type.String({ pattern: "^[0-9]+(ms|s|m|h|d)$", default: "24h" }) }, closed),
    ),
    promote: PromoteSchema,
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
