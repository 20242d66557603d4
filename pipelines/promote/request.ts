import { type Static, Type } from "typebox";
import { PromoteSchema } from "../retrain/recipe.ts";
import { oneOfByValue } from "../schema/one-of.ts";
import { ServeSchema } from "./serve.ts";

const closed = { additionalProperties: false } as const;

/** Where the model to promote is: on the Hub, in the registry, or as files in Cloud Storage. */
export const ModelSourceSchema = oneOfByValue("from", {
  hub: Type.Object(
    {
      from: Type.Literal("hub"),
      repo: Type.String({ minLength: 1 }),
      revision: Type.String({ default: "main" }),
    },
    closed,
  ),
  registry: Type.Object(
    {
      from: Type.Literal("registry"),
      modelVersion: Type.String({ minLength: 1, description: "projects/…/models/ID@VERSION" }),
    },
    closed,
  ),
  storage: Type.Object(
    {
      from: Type.Literal("storage"),
      uri: Type.String({ pattern: "^gs://", description: "A gs:// folder." }),
    },
    closed,
  ),
});
export type ModelSource = Static<typeof ModelSourceSchema>;

/** What `promote` takes: one model, one endpoint, and the way there. */
export const PromoteRequestSchema = Type.Object(
  {
    model: ModelSourceSchema,
    target: PromoteSchema,
    image: Type.Optional(
      Type.String({ minLength: 1, description: "The serving container; the environment's trainer when left out." }),
    ),
    serve: Type.Optional(ServeSchema),
    dataUri: Type.Optional(
      Type.String({
        pattern: "^gs://",
        description: "Prepared data whose test split is used for the smoke test and the probes.",
      }),
    ),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  closed,
);
export type PromoteRequest = Static<typeof PromoteRequestSchema>;
