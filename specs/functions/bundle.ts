import type { ComponentNode, FunctionNode } from "../nodes/index.ts";
import { FunctionError, type FunctionProblem } from "./capture/problem.ts";
import { replaceFunctions, unbundledFunctions } from "./replace-functions.ts";

export interface BundleOptions {
  /** Shorter names, and no white space: for large programs. Off when left out, because people read specs. */
  readonly minify?: boolean;
}

/** A pipeline or component whose functions are programs by now: it compiles. */
export interface Bundled<Node extends ComponentNode = ComponentNode> {
  readonly node: Node;
  /** By name. */
  readonly functions: readonly BundledFunction[];
}

export interface BundledFunction {
  readonly name: string;
  /** Of its program. */
  readonly bytes: number;
  /** npm packages that went along, as `name@version`. */
  readonly bundled: readonly string[];
  /** npm packages that are installed when it starts. */
  readonly installed: Readonly<Record<string, string>>;
}

/**
 * Makes each TypeScript function in a pipeline, however deep, a program of its own. It reads the modules that the author
 * wrote. Throws `FunctionError`, a `SpecError` that lists every name that cannot go along.
 *
 * ```ts
 * const spec = compile(await bundle(trainAndEvaluate));
 * ```
 */
export async function bundle<Node extends ComponentNode>(
  target: { readonly node: Node },
  options: BundleOptions = {},
): Promise<Bundled<Node>> {
  const functions = unbundledFunctions(target.node);
  if (functions.size === 0) return { node: target.node, functions: [] };
  // A bundler takes a while to load, and most pipelines have no function.
  const { bundleFunction } = await import("./bundler/index.ts");
  const { minify = false } = options;
  const attempts = await Promise.all(
    [...functions].map(async (node) => ({
      node,
      program: await bundleFunction(node, { minify }).catch(onlyFunctionErrors),
    })),
  );
  const programs = new Map<FunctionNode, FunctionNode>();
  const reports: BundledFunction[] = [];
  const problems: FunctionProblem[] = [];
  for (const { node, program } of attempts) {
    if (program instanceof FunctionError) {
      problems.push(...program.problems);
      continue;
    }
    const { text, bundled } = program;
    programs.set(node, Object.freeze({ ...node, bundle: text }));
    reports.push({ name: node.name, bytes: Buffer.byteLength(text), bundled, installed: node.packages });
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new FunctionError([first, ...others]);
  return { node: replaceFunctions(target.node, programs), functions: reports };
}

function onlyFunctionErrors(error: unknown): FunctionError {
  if (error instanceof FunctionError) return error;
  throw error;
}
