import { type Static, Type } from "typebox";

/** The one JSON object that `retrain` takes: what an engineer types into the Temporal UI. */
export const RequestSchema = Type.Object(
  {
    recipe: Type.String({ minLength: 1, description: "Name of a recipe, without its .yaml." }),
    force: Type.Optional(Type.Boolean({ description: "Run even if these very pins were decided before." })),
    dataRevision: Type.Optional(Type.String({ minLength: 1 })),
    modelRevision: Type.Optional(Type.String({ minLength: 1 })),
    train: Type.Optional(
      Type.Object(
        {
          epochs: Type.Optional(Type.Integer({ minimum: 1 })),
          batchSize: Type.Optional(Type.Integer({ minimum: 1 })),
          maxLength: Type.Optional(Type.Integer({ minimum: 8 })),
          learningRate: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
          seed: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        { additionalProperties: false, description: "Overrides the recipe's training settings." },
      ),
    ),
    approval: Type.Optional(
      Type.Boolean({ description: "Whether an engineer must approve; the recipe's own when left out." }),
    ),
    note: Type.Optional(Type.String({ maxLength: 500, description: "Shown on the run." })),
  },
  { additionalProperties: false },
);
export type RetrainRequest = Static<typeof RequestSchema>;
