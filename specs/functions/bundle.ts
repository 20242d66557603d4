import type { ComponentNode, FunctionNode, PipelineNode, StepNode, TaskNode } from "../nodes/index.ts";
import { FunctionError, type FunctionProblem } from "./capture/problem.ts";

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
  const functions = new Set<FunctionNode>();
  collect(target.node, functions, new Set());
  if (functions.size === 0) return { node: target.node, functions: [] };
  // A bundler takes a while to load, and most pipelines have no function.
  const { bundleFunction } = await import("./bundler/index.ts");
  const programs = new Map<FunctionNode, FunctionNode>();
  const reports: BundledFunction[] = [];
  const problems: FunctionProblem[] = [];
  for (const node of functions) {
    try {
      const { text, bundled } = await bundleFunction(node, { minify: options.minify ?? false });
      programs.set(node, Object.freeze({ ...node, bundle: text }));
      reports.push({ name: node.name, bytes: Buffer.byteLength(text), bundled, installed: node.packages });
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      problems.push(...error.problems);
    }
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw new FunctionError([first, ...others]);
  return { node: new Replacement(programs).component(target.node) as Node, functions: reports };
}

function collect(component: ComponentNode, found: Set<FunctionNode>, seen: Set<PipelineNode>): void {
  if (component.kind === "function" && component.bundle === undefined) found.add(component);
  if (component.kind !== "pipeline" || seen.has(component)) return;
  seen.add(component);
  for (const each of tasksOf(component.steps)) collect(each.component, found, seen);
}

function* tasksOf(steps: readonly StepNode[]): Iterable<TaskNode> {
  for (const step of steps) {
    switch (step.kind) {
      case "task":
        yield step;
        break;
      case "branches":
        for (const each of step.branches) yield* tasksOf(each.steps);
        break;
      case "loop":
        yield* tasksOf(step.steps);
        break;
      case "exit-handler":
        yield step.exit;
        yield* tasksOf(step.steps);
    }
  }
}

/** Puts the bundled functions in the place of the others. What is used twice stays one. */
class Replacement {
  readonly #components: Map<ComponentNode, ComponentNode>;

  constructor(functions: ReadonlyMap<FunctionNode, FunctionNode>) {
    this.#components = new Map(functions);
  }

  component(node: ComponentNode): ComponentNode {
    if (node.kind !== "function" && node.kind !== "pipeline") return node;
    const known = this.#components.get(node);
    if (known !== undefined) return known;
    const replaced = node.kind === "pipeline" ? Object.freeze({ ...node, steps: this.#steps(node.steps) }) : node;
    this.#components.set(node, replaced);
    return replaced;
  }

  #steps(steps: readonly StepNode[]): readonly StepNode[] {
    return Object.freeze(steps.map((each) => this.#step(each)));
  }

  #step(step: StepNode): StepNode {
    switch (step.kind) {
      case "task":
        return this.#task(step);
      case "branches": {
        const branches = step.branches.map((each) => ({ ...each, steps: this.#steps(each.steps) }));
        return Object.freeze({ ...step, branches: Object.freeze(branches) });
      }
      case "loop":
        return Object.freeze({ ...step, steps: this.#steps(step.steps) });
      case "exit-handler":
        return Object.freeze({ ...step, exit: this.#task(step.exit), steps: this.#steps(step.steps) });
    }
  }

  #task(task: TaskNode): TaskNode {
    return Object.freeze({ ...task, component: this.component(task.component) });
  }
}
