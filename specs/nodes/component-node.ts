import type { ContainerNode } from "./container-node.ts";
import type { ImporterNode } from "./importer-node.ts";

/** What a task can run. */
export type ComponentNode = ContainerNode | ImporterNode;
