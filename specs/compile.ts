import { type CompiledSpec, type CompileOptions, compileNode } from "./emit/index.ts";
import type { ContainerNode, PipelineNode } from "./nodes/index.ts";

/** Compiles a pipeline, or a component as a pipeline of one task, to the IR. Throws `SpecError`. */
export function compile(
  target: { readonly node: PipelineNode | ContainerNode },
  options: CompileOptions = {},
): CompiledSpec {
  return compileNode(target.node, options);
}
