import type { ConditionNode } from "./condition-node.ts";
import type { StepNode } from "./step-node.ts";

/** Steps that run when a condition holds. */
export interface BranchesNode {
  readonly kind: "branches";
  readonly id: number;
  /** The first whose condition holds runs. */
  readonly branches: readonly BranchNode[];
}

export interface BranchNode {
  readonly condition: ConditionNode;
  readonly steps: readonly StepNode[];
}
