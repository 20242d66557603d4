import type { Origin } from "../origin.ts";
import type { DefinitionNode, DefinitionNodes } from "./definitions.ts";
import type { JsonValue } from "./json.ts";
import type { StepNode } from "./step-node.ts";
import type { ReferenceNode } from "./value-node.ts";

export interface PipelineNode {
  readonly kind: "pipeline";
  readonly origin: Origin;
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  /** The bucket folder that outputs go to, where the job does not say another. */
  readonly root?: string;
  readonly inputs: DefinitionNodes;
  readonly outputs: Readonly<Record<string, PipelineOutputNode>>;
  readonly steps: readonly StepNode[];
  /** The whole pipeline's options for open-source Kubeflow Pipelines: the fields of `PipelineConfig`. */
  readonly kubernetes?: Readonly<Record<string, JsonValue>>;
}

export interface PipelineOutputNode {
  readonly definition: DefinitionNode;
  readonly value: ReferenceNode;
}
