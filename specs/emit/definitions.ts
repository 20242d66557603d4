import type {
  ArtifactTypeSchemaJson,
  ComponentInputsSpec_ArtifactSpecJson,
  ComponentInputsSpec_ParameterSpecJson,
  ComponentInputsSpecJson,
  ComponentOutputsSpec_ArtifactSpecJson,
  ComponentOutputsSpec_ParameterSpecJson,
  ComponentOutputsSpecJson,
  ParameterType_ParameterTypeEnumJson,
} from "../ir/types.ts";
import type { ArtifactDefinitionNode, DefinitionNode, ParameterDefinitionNode, ParameterKind } from "../nodes/index.ts";
import { field, mutable } from "./json.ts";

const parameterTypes: Readonly<Record<ParameterKind, ParameterType_ParameterTypeEnumJson>> = {
  string: "STRING",
  int: "NUMBER_INTEGER",
  double: "NUMBER_DOUBLE",
  boolean: "BOOLEAN",
  list: "LIST",
  struct: "STRUCT",
  "task-final-status": "TASK_FINAL_STATUS",
  "task-config": "TASK_CONFIG",
};

type Definitions = Iterable<readonly [name: string, definition: DefinitionNode]>;

export function emitInputs(definitions: Definitions): { inputDefinitions?: ComponentInputsSpecJson } {
  const inputs = sortOut(definitions, emitInputParameter, emitInputArtifact);
  return inputs === null ? {} : { inputDefinitions: inputs };
}

export function emitOutputs(definitions: Definitions): { outputDefinitions?: ComponentOutputsSpecJson } {
  const outputs = sortOut(definitions, emitOutputParameter, emitOutputArtifact);
  return outputs === null ? {} : { outputDefinitions: outputs };
}

export function emitArtifactType(definition: ArtifactDefinitionNode): ArtifactTypeSchemaJson {
  return { schemaTitle: definition.schemaTitle, schemaVersion: definition.schemaVersion };
}

function emitInputParameter(definition: ParameterDefinitionNode): ComponentInputsSpec_ParameterSpecJson {
  return {
    parameterType: parameterTypes[definition.type],
    ...field("isOptional", definition.optional),
    ...(definition.default !== undefined && { defaultValue: mutable(definition.default) }),
    ...field("description", definition.description),
  };
}

function emitInputArtifact(definition: ArtifactDefinitionNode): ComponentInputsSpec_ArtifactSpecJson {
  return {
    artifactType: emitArtifactType(definition),
    ...field("isArtifactList", definition.list),
    ...field("isOptional", definition.optional),
    ...field("description", definition.description),
  };
}

function emitOutputParameter(definition: ParameterDefinitionNode): ComponentOutputsSpec_ParameterSpecJson {
  return { parameterType: parameterTypes[definition.type], ...field("description", definition.description) };
}

function emitOutputArtifact(definition: ArtifactDefinitionNode): ComponentOutputsSpec_ArtifactSpecJson {
  return {
    artifactType: emitArtifactType(definition),
    ...field("isArtifactList", definition.list),
    ...field("description", definition.description),
  };
}

function sortOut<P, A>(
  definitions: Definitions,
  parameter: (definition: ParameterDefinitionNode) => P,
  artifact: (definition: ArtifactDefinitionNode) => A,
): { parameters?: Record<string, P>; artifacts?: Record<string, A> } | null {
  const parameters: [string, P][] = [];
  const artifacts: [string, A][] = [];
  for (const [name, definition] of definitions) {
    if (definition.kind === "parameter") parameters.push([name, parameter(definition)]);
    else artifacts.push([name, artifact(definition)]);
  }
  if (parameters.length + artifacts.length === 0) return null;
  return {
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    ...(artifacts.length > 0 && { artifacts: Object.fromEntries(artifacts) }),
  };
}
