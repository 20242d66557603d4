import type { JsonValue } from "./json.ts";

/** Where a task's input comes from. */
export type ValueNode = ConstantNode | TemplateNode | ReferenceNode;

/** Something that is known only when the pipeline runs. */
export type ReferenceNode =
  | PipelineInputNode
  | TaskOutputNode
  | LoopItemNode
  | ItemFieldNode
  | CollectedNode
  | OneOfNode;

export interface ConstantNode {
  readonly kind: "constant";
  readonly value: JsonValue;
}

/** A constant with references in its texts, which are filled in at run time. */
export interface TemplateNode {
  readonly kind: "template";
  /** In its texts, `marker(i)` stands for the i-th reference. */
  readonly value: JsonValue;
  readonly references: readonly ReferenceNode[];
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

/** What a loop gives its body, one after the other. */
export interface LoopItemNode {
  readonly kind: "loop-item";
  /** The loop's `id`. */
  readonly loop: number;
}

/** A field of a loop's item, which is a struct. */
export interface ItemFieldNode {
  readonly kind: "item-field";
  readonly item: LoopItemNode;
  readonly field: string;
}

/** The list of what a step in a group made, seen from outside the group. */
export interface CollectedNode {
  readonly kind: "collected";
  /** The `id` of the outermost loop or branch that it is seen from outside of. */
  readonly group: number;
  readonly value: TaskOutputNode | OneOfNode;
}

/** What the branch that ran made. */
export interface OneOfNode {
  readonly kind: "one-of";
  /** The `id` of the branches. */
  readonly branches: number;
  /** How many such values the branches had before this one. */
  readonly index: number;
  /** By branch. */
  readonly values: readonly (TaskOutputNode | CollectedNode | OneOfNode)[];
}
