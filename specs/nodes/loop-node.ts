import type { DefinitionNode } from "./definitions.ts";
import type { JsonValue } from "./json.ts";
import type { StepNode } from "./step-node.ts";
import type { ReferenceNode } from "./value-node.ts";

/** Steps that run once for each item. */
export interface LoopNode {
  readonly kind: "loop";
  readonly id: number;
  readonly name?: string;
  readonly items: readonly JsonValue[] | ReferenceNode;
  /** What an item is. */
  readonly item: DefinitionNode;
  /** How many run at once; no limit when left out. */
  readonly parallelism?: number;
  readonly steps: readonly StepNode[];
}
