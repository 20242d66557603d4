import type { DefinitionNode, DefinitionNodes } from "./definitions.ts";
import type { StepNode } from "./step-node.ts";
import type { ValueNode } from "./value-node.ts";

export interface PipelineNode {
  readonly kind: "pipeline";
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly inputs: DefinitionNodes;
  readonly outputs: Readonly<Record<string, PipelineOutputNode>>;
  readonly steps: readonly StepNode[];
}

export interface PipelineOutputNode {
  readonly definition: DefinitionNode;
  readonly value: ValueNode;
}
