import type { Origin } from "../origin.ts";
import type { ConditionNode } from "./condition-node.ts";
import type { StepNode } from "./step-node.ts";

/** Steps of which those run whose condition holds. */
export interface BranchesNode {
  readonly kind: "branches";
  readonly id: number;
  readonly origin: Origin;
  /** The first whose condition holds runs. */
  readonly branches: readonly BranchNode[];
}

export interface BranchNode {
  readonly id: number;
  /** Its name on Vertex's pages. */
  readonly displayName?: string;
  /** Null for the one that runs when no other does. It is the last. */
  readonly condition: ConditionNode | null;
  readonly steps: readonly StepNode[];
}
