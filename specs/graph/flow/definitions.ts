import type {
  ComponentInputsSpecJson,
  ComponentOutputsSpecJson,
  ComponentSpecJson,
  ParameterType_ParameterTypeEnumJson,
} from "../../ir/types.ts";
import type { Definition, Definitions } from "./flow.ts";

const parameterTypes: Readonly<Record<ParameterType_ParameterTypeEnumJson, string>> = {
  PARAMETER_TYPE_ENUM_UNSPECIFIED: "string",
  STRING: "string",
  NUMBER_INTEGER: "int",
  NUMBER_DOUBLE: "double",
  BOOLEAN: "boolean",
  LIST: "list",
  STRUCT: "struct",
  TASK_FINAL_STATUS: "final status",
  TASK_CONFIG: "task config",
};

export function definitionsOf(component: ComponentSpecJson): {
  readonly inputs: Definitions;
  readonly outputs: Definitions;
} {
  return { inputs: read(component.inputDefinitions), outputs: read(component.outputDefinitions) };
}

function read(definitions: ComponentInputsSpecJson | ComponentOutputsSpecJson = {}): Definitions {
  const all: [string, Definition][] = [];
  for (const [name, artifact] of Object.entries(definitions.artifacts ?? {})) {
    const { artifactType: type, isArtifactList: list = false, description = null } = artifact;
    const title = type?.schemaTitle ?? type?.instanceSchema?.match(/title: *(\S+)/)?.[1] ?? "system.Artifact";
    all.push([
      name,
      {
        kind: "artifact",
        type: `${shortType(title)}${list ? "[]" : ""}`,
        optional: "isOptional" in artifact && artifact.isOptional === true,
        default: undefined,
        description,
      },
    ]);
  }
  for (const [name, parameter] of Object.entries(definitions.parameters ?? {})) {
    const value: unknown = "defaultValue" in parameter ? parameter.defaultValue : undefined;
    all.push([
      name,
      {
        kind: "parameter",
        type: parameterTypes[parameter.parameterType ?? "STRING"],
        optional: value !== undefined || ("isOptional" in parameter && parameter.isOptional === true),
        default: value,
        description: parameter.description ?? null,
      },
    ]);
  }
  return Object.fromEntries(all);
}

/** `system.Model` → `Model`. */
export function shortType(schemaTitle: string): string {
  return schemaTitle.slice(schemaTitle.lastIndexOf(".") + 1);
}
