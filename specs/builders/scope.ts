import { SpecError, type SpecErrorCode, type SpecErrorPlace } from "../error.ts";
import type { BranchNode, ConditionNode, DefinitionNode, LoopItems, StepNode, TaskNode } from "../nodes/index.ts";
import { here, type Origin } from "../origin.ts";
import type { ValueInternals } from "./values.ts";

/** The writing down of one pipeline while its author's function runs. */
export interface Trace {
  /** Tells its markers from those of other pipelines. */
  readonly serial: number;
  readonly pipeline: string;
  readonly origin: Origin;
  readonly tasks: Map<number, TaskNode>;
  /** Optional inputs that a condition asks about. */
  readonly emptyWhenAbsent: Set<string>;
  /** Values that the author has made part of a text. */
  readonly inTexts: ValueInternals[];
  nextId: number;
}

/** A pipeline's, branch's or loop's body. */
export interface Scope {
  readonly trace: Trace;
  readonly parent: Scope | null;
  /** What its steps belong to: `when`, `parallelFor`, `exitHandler`; the pipeline itself has none. */
  readonly group: { readonly id: number; readonly what: GroupKind } | null;
  readonly steps: Step[];
}

export type GroupKind = "branch" | "loop" | "exit handler";

/** A step while it is written down; a task by its id, because its settings come later. */
export type Step = number | BranchesStep | LoopStep | ExitHandlerStep;

export interface BranchesStep {
  readonly kind: "branches";
  readonly id: number;
  readonly origin: Origin;
  readonly branches: {
    readonly id: number;
    readonly displayName?: string;
    readonly condition: ConditionNode | null;
    readonly scope: Scope;
  }[];
  /** How many values were made of what its branches give. */
  oneOfs: number;
}

export interface LoopStep {
  readonly kind: "loop";
  readonly id: number;
  readonly origin: Origin;
  readonly displayName?: string;
  readonly items: LoopItems;
  readonly item: DefinitionNode;
  readonly parallelism?: number;
  readonly scope: Scope;
}

export interface ExitHandlerStep {
  readonly kind: "exit-handler";
  readonly id: number;
  readonly origin: Origin;
  readonly displayName?: string;
  readonly exit: number;
  readonly scope: Scope;
}

let current: Scope | null = null;
let traces = 0;

/** Where the author's code is now. `what` says what cannot be done outside a pipeline. */
export function currentScope(what: string): Scope {
  if (current === null) {
    throw new SpecError("unsupported", `${what} belongs inside the function given to pipeline(…).`, {}, here());
  }
  return current;
}

/** Runs the body of a pipeline, branch or loop in its scope. */
export function inside<T>(scope: Scope, body: () => T): T {
  const outer = current;
  current = scope;
  try {
    return body();
  } finally {
    current = outer;
  }
}

export function openTrace(pipeline: string, origin: Origin): Scope {
  const trace: Trace = {
    serial: traces++,
    pipeline,
    origin,
    tasks: new Map(),
    emptyWhenAbsent: new Set(),
    inTexts: [],
    nextId: 0,
  };
  return { trace, parent: null, group: null, steps: [] };
}

export function openScope(parent: Scope, what: GroupKind): Scope & { readonly group: { readonly id: number } } {
  return { trace: parent.trace, parent, group: { id: parent.trace.nextId++, what }, steps: [] };
}

/** A mistake of the author here and now. */
export function mistake(scope: Scope, code: SpecErrorCode, message: string, place: SpecErrorPlace = {}): SpecError {
  return new SpecError(code, message, { pipeline: scope.trace.pipeline, ...place }, here());
}

/** Refuses a value that does not exist in the scope. */
export function checkReachable(value: ValueInternals, scope: Scope, place: SpecErrorPlace): void {
  for (let each: Scope | null = scope; each !== null; each = each.parent) {
    if (each === value.scope) return;
  }
  if (value.scope.trace !== scope.trace) {
    const other = value.scope.trace.pipeline;
    throw mistake(scope, "unreachable", `is given a value of pipeline "${other}". Pass it in as an input.`, place);
  }
  const producer =
    value.node.kind === "task-output" ? scope.trace.tasks.get(value.node.task)?.component.name : undefined;
  const whose = producer === undefined ? "is given a value" : `depends on task "${producer}"`;
  throw mistake(scope, "unreachable", `${whose}, which exists only inside its ${advice(value.scope)}`, place);
}

function advice({ group }: Scope): string {
  switch (group?.what) {
    case "loop":
      return "loop. Move this into that loop, or return the value from the loop's body: outside, it is a list.";
    case "exit handler":
      return "exit handler. Move this into that exit handler, too.";
    default:
      return "branch. Move this into that branch, or return the value from every branch, with .otherwise(…) as the last.";
  }
}

/** The steps as plain data, once all is written down. */
export function closeScope(scope: Scope): readonly StepNode[] {
  const { tasks } = scope.trace;
  const exits = new Set(scope.steps.flatMap((step) => (isExitHandler(step) ? [step.exit] : [])));
  return Object.freeze(scope.steps.filter((step) => typeof step !== "number" || !exits.has(step)).map(close));

  function close(step: Step): StepNode {
    if (typeof step === "number") return taskOf(step);
    const { id, origin } = step;
    const displayName = step.kind === "branches" ? undefined : step.displayName;
    const shown = displayName === undefined ? {} : { displayName };
    switch (step.kind) {
      case "branches":
        return Object.freeze({ kind: step.kind, id, origin, branches: step.branches.map(closeBranch) });
      case "loop": {
        const { items, item, parallelism } = step;
        const most = parallelism === undefined ? {} : { parallelism };
        const steps = closeScope(step.scope);
        return Object.freeze({ kind: step.kind, id, origin, ...shown, items, item, ...most, steps });
      }
      case "exit-handler":
        return Object.freeze({
          kind: step.kind,
          id,
          origin,
          ...shown,
          exit: taskOf(step.exit),
          steps: closeScope(step.scope),
        });
    }
  }

  function taskOf(id: number): TaskNode {
    const task = tasks.get(id);
    if (task === undefined) throw new Error(`Task ${id} was never written down.`);
    return task;
  }
}

function isExitHandler(step: Step): step is ExitHandlerStep {
  return typeof step !== "number" && step.kind === "exit-handler";
}

function closeBranch({ id, displayName, condition, scope }: BranchesStep["branches"][number]): BranchNode {
  const shown = displayName === undefined ? {} : { displayName };
  return Object.freeze({ id, ...shown, condition, steps: closeScope(scope) });
}
