import { type TObject, type TProperties, Type } from "typebox";

const closed = { additionalProperties: false } as const;

const LoraSchema = Type.Object(
  {
    rank: Type.Integer({ minimum: 1, default: 16 }),
    alpha: Type.Number({ exclusiveMinimum: 0, default: 32, description: "What is learnt counts alpha / rank times." }),
    targets: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        uniqueItems: true,
        description: "Last names of linear layers, such as q_proj; all in the model's layers when left out.",
      }),
    ),
  },
  { ...closed, description: "Trains small matrices beside the model's own, which stay as they are; of causal-lm." },
);

/**
 * The recipe's settings of the training: the trainer's `TrainConfig` (`trainer/contract/contract.schema.json`), which
 * says what those that are left out amount to.
 */
export const trainSettings = {
  epochs: Type.Integer({ minimum: 1, default: 2 }),
  batchSize: Type.Integer({ minimum: 1, default: 32 }),
  maxLength: Type.Integer({ minimum: 8, default: 128, description: "Tokens." }),
  learningRate: Type.Number({ exclusiveMinimum: 0, default: 3e-5 }),
  weightDecay: Type.Number({ minimum: 0, default: 0.01 }),
  warmup: Type.Number({ minimum: 0, maximum: 1, default: 0.1, description: "Share of the steps." }),
  seed: Type.Integer({ minimum: 0, default: 0 }),
  checkpointEvery: Type.Integer({ minimum: 1, default: 100, description: "Steps." }),
  headLearningRate: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: "How many times as fast as the encoder a new head learns; 10." }),
  ),
  schedule: Type.Optional(Type.Enum(["linear", "cosine", "constant"])),
  maximumGradientNorm: Type.Optional(Type.Number({ minimum: 0, description: "0 for none; 1 when left out." })),
  gradientAccumulation: Type.Optional(
    Type.Integer({ minimum: 1, description: "In how many parts, one after another, a batch is computed." }),
  ),
  precision: Type.Optional(Type.Enum(["float32", "bfloat16"], { description: "Of the computation." })),
  sharding: Type.Optional(
    Type.Enum(["replicated", "fsdp"], { description: "Whether each chip holds all parameters or a part of each." }),
  ),
  remat: Type.Optional(Type.Boolean({ description: "Keep only what passes between layers, compute the rest again." })),
  classWeights: Type.Optional(Type.Enum(["none", "balanced"])),
  validateEvery: Type.Optional(Type.Integer({ minimum: 1, description: "Steps; an epoch when left out." })),
  selectBy: Type.Optional(
    Type.Enum(["accuracy", "macroF1", "loss", "last"], {
      description: "By which metric of the validation split the exported step is chosen.",
    }),
  ),
  patience: Type.Optional(
    Type.Integer({ minimum: 1, description: "Validations without a better one after which training ends." }),
  ),
  lora: Type.Optional(LoraSchema),
} as const;

/** The recipe's `train`: these settings, and `others` beside them. */
export function trainSchema<const Others extends TProperties>(others: Others): TObject<typeof trainSettings & Others> {
  return Type.Object({ ...trainSettings, ...others }, closed);
}

/** The recipe's `evaluate`. */
export const EvaluateSchema = Type.Object(
  {
    maxNewTokens: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          "Of causal-lm: the most that is written for a row, to compare with its last completion; 0 for none, 128 when left out.",
      }),
    ),
    metrics: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$" }),
            module: Type.String({ minLength: 1, description: "A Python module that the evaluating image has." }),
            function: Type.String({ minLength: 1, description: "Gets the columns of the predictions." }),
            better: Type.Enum(["higher", "lower"]),
          },
          closed,
        ),
        { minItems: 1, description: "Metrics of your own." },
      ),
    ),
  },
  closed,
);
