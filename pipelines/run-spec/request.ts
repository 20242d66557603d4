import { type Static, Type } from "typebox";

/** What `run-spec` takes: any compiled pipeline spec, by its address, and its parameters. */
export const RunSpecRequestSchema = Type.Object(
  {
    spec: Type.String({ pattern: "^gs://.+", description: "gs:// address of a compiled pipeline spec, JSON or YAML." }),
    parameters: Type.Record(Type.String(), Type.Unknown(), { default: {} }),
    displayName: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    labels: Type.Record(Type.String(), Type.String(), { default: {} }),
  },
  { additionalProperties: false },
);
export type RunSpecRequest = Static<typeof RunSpecRequestSchema>;
