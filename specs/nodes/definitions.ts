import type { JsonValue } from "./json.ts";

export type ParameterKind =
  | "string"
  | "int"
  | "double"
  | "boolean"
  | "list"
  | "struct"
  | "task-final-status"
  | "task-config";

/** A parameter that a component takes or gives. */
export interface ParameterDefinitionNode {
  readonly kind: "parameter";
  readonly type: ParameterKind;
  readonly optional: boolean;
  readonly default?: JsonValue;
  /** What a list holds. A string, for all that Vertex knows, when left out. */
  readonly items?: ParameterDefinitionNode;
  /** What each field of a struct is. A string, for all that Vertex knows, when left out. */
  readonly fields?: ParameterDefinitionNode;
  readonly description?: string;
}

/** An artifact that a component takes or gives. */
export interface ArtifactDefinitionNode {
  readonly kind: "artifact";
  /** Such as `system.Model`. */
  readonly schemaTitle: string;
  readonly schemaVersion: string;
  /** Any number of such artifacts. */
  readonly list: boolean;
  readonly optional: boolean;
  readonly description?: string;
}

export type DefinitionNode = ParameterDefinitionNode | ArtifactDefinitionNode;
export type DefinitionNodes = Readonly<Record<string, DefinitionNode>>;
