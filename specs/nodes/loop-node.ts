import type { Origin } from "../origin.ts";
import type { DefinitionNode } from "./definitions.ts";
import type { JsonValue } from "./json.ts";
import type { StepNode } from "./step-node.ts";
import type { ReferenceNode } from "./value-node.ts";

/** Steps that run once for each item. */
export interface LoopNode {
  readonly kind: "loop";
  readonly id: number;
  readonly origin: Origin;
  readonly displayName?: string;
  readonly items: LoopItems;
  /** What an item is. */
  readonly item: DefinitionNode;
  /** How many run at once; no limit when left out. */
  readonly parallelism?: number;
  readonly steps: readonly StepNode[];
}

export type LoopItems =
  | { readonly kind: "literal"; readonly items: readonly JsonValue[] }
  | { readonly kind: "reference"; readonly value: ReferenceNode };
