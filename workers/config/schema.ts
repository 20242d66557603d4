import { type Static, Type } from "typebox";

/** `retemper.yaml`: which services are local and which are real, and what the real ones are called. */

const closed = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1 });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const PresetSchema = Type.Enum(["local", "gcp"]);

/** Where a service's settings come from when the file leaves them out. */
export type Preset = Static<typeof PresetSchema>;

const service = <Fields extends Record<string, ReturnType<typeof Type.Optional>>>(fields: Fields) =>
  Type.Object({ preset: Type.Optional(PresetSchema), ...fields }, closed);

export const ConfigurationFileSchema = Type.Object(
  {
    environment: Type.Optional(PresetSchema),
    project: Type.Optional(Type.String({ minLength: 1, description: "Google Cloud project id." })),
    location: Type.Optional(Type.String({ minLength: 1, description: "Region, such as us-central1." })),
    bucket: Type.Optional(
      Type.String({ pattern: "^[a-z0-9][a-z0-9._-]*$", description: "The bucket's name, without gs://." }),
    ),
    recipes: Type.Optional(
      Type.String({ minLength: 1, description: "Folder of recipe files, relative to this file." }),
    ),
    trainerImage: Type.Optional(Text),
    services: Type.Optional(
      Type.Object(
        {
          temporal: Type.Optional(
            service({
              profile: Type.Optional(Text),
              address: Type.Optional(Text),
              namespace: Type.Optional(Text),
              taskQueue: Type.Optional(Text),
              uiUrl: Type.Optional(Type.String({ pattern: "^https?://", description: "An http or https address." })),
            }),
          ),
          vertex: Type.Optional(
            service({
              endpoint: Type.Optional(Text),
              pollSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
            }),
          ),
          storage: Type.Optional(
            service({
              endpoint: Type.Optional(Type.String({ pattern: "^https?://", description: "An http or https address." })),
            }),
          ),
          hub: Type.Optional(
            service({
              url: Type.Optional(Type.String({ pattern: "^https?://", description: "An http or https address." })),
              upstream: Type.Optional(
                Type.String({ pattern: "^https?://", description: "A Hub that the local one reads through to." }),
              ),
              tokenVariable: Type.Optional(
                Type.String({
                  pattern: "^[A-Z_][A-Z0-9_]*$",
                  description: "The name of an environment variable, never the token itself.",
                }),
              ),
            }),
          ),
          registry: Type.Optional(
            service({
              endpoint: Type.Optional(Type.String({ pattern: "^https?://", description: "An http or https address." })),
            }),
          ),
        },
        closed,
      ),
    ),
    /** Ports of local services; any free one when left out. */
    ports: Type.Optional(
      Type.Object(
        {
          temporal: Type.Optional(Port),
          temporalUi: Type.Optional(Port),
          vertex: Type.Optional(Port),
          vertexUi: Type.Optional(Port),
          storage: Type.Optional(Port),
          hub: Type.Optional(Port),
          registry: Type.Optional(Port),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ConfigurationFile = Static<typeof ConfigurationFileSchema>;

export type ServiceName = keyof NonNullable<ConfigurationFile["services"]>;
export const serviceNames = ["temporal", "vertex", "storage", "hub", "registry"] as const satisfies ServiceName[];
