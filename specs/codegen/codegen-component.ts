import { compile } from "../compile.ts";
import { componentNode } from "../load/component-node.ts";
import { asComponentDocuments } from "../load/documents.ts";
import type { ContainerNode } from "../nodes/index.ts";
import type { CodegenComponent } from "./types.ts";

/** A component of documents that were read. Throws `LoadError` with every problem. */
export function fromDocuments(documents: readonly unknown[], source: string): CodegenComponent {
  const compiled = asComponentDocuments(documents, source);
  const node = componentNode(compiled);
  if (node.kind === "container") return fromNode(node);
  return {
    name: node.name,
    documents: compiled,
    ...(node.description !== undefined && { description: node.description }),
  };
}

/** A container, whatever it came from, has the spec that is compiled from it here. */
export function fromNode(node: ContainerNode): CodegenComponent {
  return {
    name: node.name,
    documents: { spec: compile({ node }).spec },
    ...(node.description !== undefined && { description: node.description }),
  };
}
