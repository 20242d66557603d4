import type { BranchesNode } from "./branches-node.ts";
import type { ExitHandlerNode } from "./exit-handler-node.ts";
import type { LoopNode } from "./loop-node.ts";
import type { TaskNode } from "./task-node.ts";

/** What a pipeline consists of. */
export type StepNode = TaskNode | BranchesNode | LoopNode | ExitHandlerNode;
