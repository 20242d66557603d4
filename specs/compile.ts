import { type CompiledSpec, type CompileOptions, compileNode } from "./emit/index.ts";
import type { ComponentNode } from "./nodes/index.ts";

/** Compiles a pipeline, or a component as a pipeline of one task, to the IR. Throws `SpecError`. */
export function compile(target: { readonly node: ComponentNode }, options: CompileOptions = {}): CompiledSpec {
  return compileNode(target.node, options);
}
