import type { JsonValue } from "./json.ts";

/** Where a task's input comes from. */
export type ValueNode = ConstantNode | PipelineInputNode | TaskOutputNode;

export interface ConstantNode {
  readonly kind: "constant";
  readonly value: JsonValue;
}

export interface PipelineInputNode {
  readonly kind: "pipeline-input";
  readonly name: string;
}

export interface TaskOutputNode {
  readonly kind: "task-output";
  /** The task's `id`. */
  readonly task: number;
  readonly output: string;
}
