import type { ComponentNode, FunctionNode, PipelineNode, StepNode, TaskNode } from "../nodes/index.ts";

/** The functions in a pipeline, however deep, that are no programs yet. */
export function unbundledFunctions(node: ComponentNode): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>();
  collect(node, found, new Set());
  return found;
}

/** The same component with other functions in it. */
export function replaceFunctions<Node extends ComponentNode>(
  node: Node,
  functions: ReadonlyMap<FunctionNode, FunctionNode>,
): Node {
  return new Replacement(functions).component(node) as Node;
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
