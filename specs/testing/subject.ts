import { compileNode } from "../emit/index.ts";
import { replaceFunctions, unbundledFunctions } from "../functions/replace-functions.ts";
import type { PlatformSpec } from "../ir/platform.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { parseSpec } from "../ir/validate.ts";
import type { ComponentNode } from "../nodes/index.ts";

/** What can be looked at: a pipeline or component as its author has it, what `compile` gives, or any pipeline spec. */
export type Subject =
  | { readonly node: ComponentNode }
  | { readonly spec: PipelineSpec; readonly platform?: PlatformSpec }
  | PipelineSpec;

export interface Documents {
  readonly spec: PipelineSpec;
  readonly platform?: PlatformSpec;
}

/** Throws `SpecError` for what does not compile, `InvalidSpecError` for a spec that is none. */
export function documentsOf(subject: Subject): Documents {
  // A component is a function, and has its node too.
  if ("node" in subject) return compileNode(withPrograms(subject.node));
  if ("spec" in subject) return subject;
  return { spec: parseSpec(subject) };
}

/** Functions need not be bundled to see how they are wired: their programs are no part of a graph. */
function withPrograms(node: ComponentNode): ComponentNode {
  const functions = [...unbundledFunctions(node)];
  if (functions.length === 0) return node;
  return replaceFunctions(node, new Map(functions.map((each) => [each, { ...each, bundle: "" }])));
}
