import { SpecError } from "../error.ts";
import type { BranchNode, ConditionNode, StepNode, TaskNode } from "../nodes/index.ts";
import type { ValueInternals } from "./values.ts";

/** The writing down of one pipeline while its author's function runs. */
export interface Trace {
  readonly pipeline: string;
  readonly tasks: Map<number, TaskNode>;
  /** Optional inputs that a condition asks about. */
  readonly emptyWhenAbsent: Set<string>;
  nextId: number;
}

/** A pipeline's or a branch's body. */
export interface Scope {
  readonly trace: Trace;
  readonly parent: Scope | null;
  readonly steps: (number | { readonly id: number; readonly condition: ConditionNode; readonly scope: Scope })[];
}

let current: Scope | null = null;

/** Where the author's code is now. `what` says what cannot be done outside a pipeline. */
export function currentScope(what: string): Scope {
  if (current === null) {
    throw new SpecError("unsupported", `${what} belongs inside the function given to pipeline(…).`, {});
  }
  return current;
}

/** Runs the body of a pipeline or branch in its scope. */
export function inside<T>(scope: Scope, body: () => T): T {
  const outer = current;
  current = scope;
  try {
    return body();
  } finally {
    current = outer;
  }
}

export function openTrace(pipeline: string): Scope {
  return { trace: { pipeline, tasks: new Map(), emptyWhenAbsent: new Set(), nextId: 0 }, parent: null, steps: [] };
}

/** Refuses a value that does not exist in the scope. */
export function checkReachable(
  value: ValueInternals,
  scope: Scope,
  place: { readonly task?: string; readonly input?: string },
): void {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (each === value.scope) return;
  }
  const { pipeline } = scope.trace;
  if (value.scope.trace !== scope.trace) {
    const other = value.scope.trace.pipeline;
    throw new SpecError("unreachable", `is given a value of pipeline "${other}". Pass it in as an input.`, {
      pipeline,
      ...place,
    });
  }
  const producer =
    value.node.kind === "task-output" ? scope.trace.tasks.get(value.node.task)?.component.name : undefined;
  throw new SpecError(
    "unreachable",
    `depends on task "${producer ?? "another"}", which runs only in its own branch. Move this task into that branch, too.`,
    { pipeline, ...place },
  );
}

/** The steps as plain data, once all is written down. */
export function closeScope(scope: Scope): readonly StepNode[] {
  return Object.freeze(
    scope.steps.map((step): StepNode => {
      if (typeof step === "number") {
        const task = scope.trace.tasks.get(step);
        if (task === undefined) throw new Error(`Task ${step} was never written down.`);
        return task;
      }
      const branch: BranchNode = { condition: step.condition, steps: closeScope(step.scope) };
      return { kind: "branches", id: step.id, branches: [branch] };
    }),
  );
}
