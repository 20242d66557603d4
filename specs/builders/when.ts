import type { DefinitionNode, OneOfNode } from "../nodes/index.ts";
import { here } from "../origin.ts";
import { collectedFrom } from "./collected.ts";
import type { Condition } from "./conditions.ts";
import {
  type BodyResult,
  type ConditionalValues,
  madeByTask,
  mapValues,
  type OutputsOf,
  readReturned,
  type SameOutputs,
} from "./returned.ts";
import { type BranchesStep, checkReachable, currentScope, inside, mistake, openScope, type Scope } from "./scope.ts";
import { type AnyValue, conditionalOf, toValue, type ValueInternals } from "./values.ts";

export interface BranchOptions {
  /** Shown on Vertex's pages. */
  readonly name?: string;
}

/** Branches to which others may be added. What they give may not exist. */
export type Branches<Outputs> = ConditionalValues<Outputs> & {
  /** Runs when no branch before does, and the condition holds. */
  elseWhen<const Result extends BodyResult>(
    condition: Condition,
    body: () => Result & SameOutputs<Outputs, OutputsOf<Result>>,
    options?: BranchOptions,
  ): Branches<Outputs>;
  /** Runs when no branch before does. Now one of the branches always runs, and what it makes exists. */
  otherwise<const Result extends BodyResult>(
    body: () => Result & SameOutputs<Outputs, OutputsOf<Result>>,
    options?: BranchOptions,
  ): { readonly [Name in keyof Outputs]: Outputs[Name] };
};

/**
 * Runs the tasks of `body` when the condition holds. What they make exists inside the branch only, until
 * `.otherwise(…)` says what happens in every other case.
 *
 * ```ts
 * const greeting = when(language.equals("de"), () => ({ text: german().text }))
 *   .elseWhen(language.equals("fr"), () => ({ text: french().text }))
 *   .otherwise(() => ({ text: english().text }));
 * print({ text: greeting.text });
 * ```
 */
export function when<const Result extends BodyResult>(
  condition: Condition,
  body: () => Result,
  options: BranchOptions = {},
): Branches<OutputsOf<Result>> {
  const around = currentScope("when(…)");
  const step: BranchesStep = {
    kind: "branches",
    id: around.trace.nextId++,
    origin: here(),
    branches: [],
    oneOfs: 0,
  };
  around.steps.push(step);
  const given: Readonly<Record<string, ValueInternals>>[] = [];

  addBranch(condition, body, options);
  return open() as unknown as Branches<OutputsOf<Result>>;

  function addBranch(test: Condition | null, run: () => unknown, { name }: BranchOptions): void {
    if (currentScope("A branch") !== around || around.steps.at(-1) !== step) {
      throw mistake(around, "unsupported", "a branch follows directly on the branches before it.", { task: "when" });
    }
    for (const value of test?.values ?? []) checkReachable(value, around, { task: "when" });
    const scope = openScope(around, "branch");
    const shown = name === undefined ? {} : { displayName: name };
    step.branches.push({ id: scope.group.id, ...shown, condition: test?.node ?? null, scope });
    const outputs = readReturned(inside(scope, run), scope, "a branch");
    if (scope.steps.length === 0) throw mistake(around, "empty", "a branch has no task in it.", { task: "when" });
    for (const [output, value] of Object.entries(outputs)) checkReachable(value, scope, { output });
    given.push(outputs);
  }

  function open(): object {
    const [first = {}] = given;
    return Object.freeze({
      ...mapValues(first, (value) => conditionalOf(collectedFrom(value, step.id, around))),
      elseWhen: (test: Condition, run: () => unknown, more: BranchOptions = {}) => {
        addBranch(test, run, more);
        return open();
      },
      otherwise: (run: () => unknown, more: BranchOptions = {}) => {
        addBranch(null, run, more);
        return close();
      },
    });
  }

  /** What is never used gets no number, so that names in the spec depend on what the author uses, in its order. */
  function close(): object {
    const [first = {}] = given;
    const choices = mapValues(first, (_, output) => choiceOf(around, output, given));
    const properties = mapValues(choices, (choice) => {
      let value: AnyValue | undefined;
      const get = () => {
        value ??= toValue(oneOf(around, step, choice));
        return value;
      };
      return { get, enumerable: true };
    });
    return Object.freeze(Object.defineProperties({}, properties));
  }
}

/** What each of the branches gives back under one name. */
interface Choice {
  readonly definition: DefinitionNode;
  readonly values: OneOfNode["values"];
}

function choiceOf(scope: Scope, output: string, given: readonly Readonly<Record<string, ValueInternals>>[]): Choice {
  const values = given.map((outputs) => outputs[output]);
  const definitions = values.map((value) => value?.definition);
  const [definition] = definitions;
  if (definition === undefined || !definitions.every((each) => each !== undefined && isSame(each, definition))) {
    throw mistake(scope, "invalid-value", "every branch gives it back, and with the same type.", { output });
  }
  if (values.some((value) => value?.conditional)) {
    throw mistake(scope, "unsupported", "in one of the branches, it may not exist.", { output });
  }
  const nodes = values.flatMap((value) => (value !== undefined && madeByTask(value.node) ? [value.node] : []));
  if (nodes.length < values.length) {
    throw mistake(scope, "unsupported", "a branch can give back only what a task in it made.", { output });
  }
  return { definition, values: nodes };
}

function oneOf(scope: Scope, step: BranchesStep, { definition, values }: Choice): ValueInternals {
  const node = Object.freeze({ kind: "one-of", branches: step.id, index: step.oneOfs++, values } as const);
  return { node, definition, scope };
}

function isSame(one: DefinitionNode, other: DefinitionNode): boolean {
  if (one.kind === "parameter") return other.kind === "parameter" && one.type === other.type;
  return other.kind === "artifact" && one.schemaTitle === other.schemaTitle && one.list === other.list;
}
