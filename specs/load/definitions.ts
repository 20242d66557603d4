import type {
  ComponentInputsSpec_ArtifactSpecJson,
  ComponentInputsSpec_ParameterSpecJson,
  ComponentInputsSpecJson,
  ComponentOutputsSpecJson,
  ParameterType_ParameterTypeEnumJson,
} from "../ir/types.ts";
import type {
  ArtifactDefinitionNode,
  DefinitionNodes,
  JsonValue,
  ParameterDefinitionNode,
  ParameterKind,
} from "../nodes/index.ts";

const parameterKinds: Readonly<Record<ParameterType_ParameterTypeEnumJson, ParameterKind>> = {
  STRING: "string",
  NUMBER_INTEGER: "int",
  NUMBER_DOUBLE: "double",
  BOOLEAN: "boolean",
  LIST: "list",
  STRUCT: "struct",
  TASK_FINAL_STATUS: "task-final-status",
  TASK_CONFIG: "task-config",
  // What the IR means when it says nothing.
  PARAMETER_TYPE_ENUM_UNSPECIFIED: "string",
};

/** Inputs or outputs of a component as the IR has them. */
export function definitionsOf(
  definitions: ComponentInputsSpecJson | ComponentOutputsSpecJson | undefined,
): DefinitionNodes {
  return Object.freeze({
    ...mapValues(definitions?.parameters ?? {}, parameter),
    ...mapValues(definitions?.artifacts ?? {}, artifact),
  });
}

function parameter(spec: ComponentInputsSpec_ParameterSpecJson): ParameterDefinitionNode {
  return Object.freeze({
    kind: "parameter",
    type: parameterKinds[spec.parameterType ?? "PARAMETER_TYPE_ENUM_UNSPECIFIED"],
    // Early releases of the Python SDK wrote only the default.
    optional: spec.isOptional ?? spec.defaultValue !== undefined,
    ...(spec.defaultValue !== undefined && { default: spec.defaultValue as JsonValue }),
    ...described(spec),
  });
}

function artifact(spec: ComponentInputsSpec_ArtifactSpecJson): ArtifactDefinitionNode {
  return Object.freeze({
    kind: "artifact",
    schemaTitle: spec.artifactType?.schemaTitle ?? "system.Artifact",
    schemaVersion: spec.artifactType?.schemaVersion ?? "0.0.1",
    list: spec.isArtifactList ?? false,
    optional: spec.isOptional ?? false,
    ...described(spec),
  });
}

function described({ description }: { readonly description?: string }): { readonly description?: string } {
  return description === undefined ? {} : { description };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
