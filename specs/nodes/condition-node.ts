import type { ParameterKind } from "./definitions.ts";
import type { ValueNode } from "./value-node.ts";

/** What decides whether a branch runs. */
export type ConditionNode = CompareNode | NotNode | AndNode | OrNode;

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

export interface CompareNode {
  readonly kind: "compare";
  readonly operator: Comparison;
  readonly left: OperandNode;
  readonly right: OperandNode;
}

export interface OperandNode {
  readonly type: ParameterKind;
  readonly value: ValueNode;
}

export interface NotNode {
  readonly kind: "not";
  readonly condition: ConditionNode;
}

export interface AndNode {
  readonly kind: "and";
  readonly conditions: readonly ConditionNode[];
}

export interface OrNode {
  readonly kind: "or";
  readonly conditions: readonly ConditionNode[];
}
