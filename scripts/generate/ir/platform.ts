import type { FileRegistry } from "@bufbuild/protobuf";
import { messageSchema, type Schema } from "./schema.ts";

/**
 * A JSON schema of platform documents. Their executors are Structs on the wire; those of the platform `kubernetes`
 * hold `KubernetesExecutorConfig`.
 */
export function platformSchema(registry: FileRegistry, id: string): Schema {
  const platform = schemaOf("ml_pipelines.PlatformSpec");
  const kubernetes = schemaOf("kfp_kubernetes.KubernetesExecutorConfig");
  const executor = definition(kubernetes, "kfp_kubernetes.KubernetesExecutorConfig");
  const single = definition(platform, "ml_pipelines.SinglePlatformSpec");
  return {
    ...platform,
    definitions: {
      ...definitions(platform),
      ...definitions(kubernetes),
      "kfp_kubernetes.KubernetesExecutorConfig": {
        ...executor,
        properties: { ...properties(executor), initContainers: { type: "array", items: initContainer } },
      },
      "ml_pipelines.PlatformSpec": {
        type: "object",
        additionalProperties: false,
        properties: {
          platforms: {
            type: "object",
            properties: {
              kubernetes: {
                ...single,
                properties: { ...properties(single), deploymentSpec: kubernetesDeployment },
              },
            },
            additionalProperties: { $ref: "#/definitions/ml_pipelines.SinglePlatformSpec" },
          },
        },
      },
    },
  };

  function schemaOf(name: string): Schema {
    const message = registry.getMessage(name);
    if (message === undefined) throw new Error(`The descriptors have no message ${name}.`);
    return messageSchema(message, id, new Map());
  }
}

const kubernetesDeployment = {
  type: "object",
  additionalProperties: false,
  properties: {
    executors: {
      type: "object",
      additionalProperties: { $ref: "#/definitions/kfp_kubernetes.KubernetesExecutorConfig" },
    },
  },
};

const text = { type: "string" };
const texts = { type: "array", items: text };
const textMap = { type: "object", additionalProperties: text };

/**
 * The one message that Kubeflow writes and no released descriptor has.
 * https://github.com/kubeflow/pipelines/blob/master/kubernetes_platform/proto/kubernetes_executor_config.proto
 */
const initContainer = record({
  name: text,
  image: text,
  command: texts,
  args: texts,
  env: { type: "array", items: record({ name: text, value: text }) },
  volumeMounts: { type: "array", items: record({ volumeName: text, mountPath: text }) },
  restartPolicy: text,
  resources: record({ requests: textMap, limits: textMap }),
});

function record(fields: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", additionalProperties: false, properties: fields };
}

function definitions(schema: Schema): Readonly<Record<string, Schema>> {
  return schema["definitions"] as Readonly<Record<string, Schema>>;
}

function definition(schema: Schema, name: string): Schema {
  const found = definitions(schema)[name];
  if (found === undefined) throw new Error(`The schema has no ${name}.`);
  return found;
}

function properties(schema: Schema): Readonly<Record<string, Schema>> {
  return schema["properties"] as Readonly<Record<string, Schema>>;
}
