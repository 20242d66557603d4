import type { ContainerNode } from "./container-node.ts";
import type { FunctionNode } from "./function-node.ts";
import type { ImporterNode } from "./importer-node.ts";
import type { LoadedNode } from "./loaded-node.ts";
import type { PipelineNode } from "./pipeline-node.ts";

/** What a task can run. */
export type ComponentNode = ContainerNode | FunctionNode | ImporterNode | LoadedNode | PipelineNode;
