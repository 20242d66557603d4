import type { Pipeline, Program, Step, Word } from "./model.ts";
import type { Around, Value } from "./scope.ts";

/**
 * What the Python SDK 2.17.0 refuses without a reason, or compiles to a spec that is wrong: none of it is drawn. Each
 * was found by this test; this language compiles them all.
 */

/**
 * Into branches, loops and exit handlers:
 * - a list of artifacts that a loop collected makes the compiler fail there, which takes it for a parameter;
 * - a field of a literal list's item is asked of a group around that has no such item;
 * - so is an item of a loop over an item;
 * - in a loop, the list that it runs over is not passed any further.
 */
export function canBePassedIntoGroup({ reference, type, item, isLoopedOver }: Value): boolean {
  if (isLoopedOver) return false;
  if (reference.kind === "collected") return type.kind === "parameter";
  if (item?.isOfItem) return false;
  return reference.kind !== "field" || item?.isLiteral !== true;
}

/**
 * In a text or data, and as an image. A value is found again there by a mark of its own, from which all is taken that
 * is not in it:
 * - a choice and what a loop collected refuse to make one;
 * - the mark of a list or struct that says what it holds is not recognised;
 * - the mark of an item's field is one of an input of that name;
 * - so is that of an item, which is right only where the loop stands in the pipeline itself;
 * - an item that is marked is passed no further than into its own loop.
 */
export function canBeMarked({ reference, type, item }: Value): boolean {
  if (type.kind !== "parameter" || type.of !== undefined) return false;
  if (reference.kind === "item") return !item?.isFurtherIn && item?.around === "pipeline";
  return reference.kind === "input" || reference.kind === "output";
}

/** In an importer's metadata, whose types have to be Kubeflow's: those of items can be Python's. */
export function canBeMetadata(value: Value): boolean {
  return value.item === undefined || !value.item.isTyped;
}

/** In a condition, or as what a loop runs over: there, a choice is not brought out of its branches. */
export function canControl(value: Value): boolean {
  return canBePassedIntoGroup(value) && value.reference.kind !== "one-of" && value.reference.kind !== "collected";
}

/** As what a loop runs over, not in the pipeline itself: a list of which no step takes an item is not passed there. */
export function canBeIgnored(around: Around): boolean {
  return around === "pipeline";
}

/** As a quantity: the value is passed into no group. */
export function canBeQuantity(value: Value, isPipeline: boolean): boolean {
  return isPipeline && canBeMarked(value);
}

/** A field of an item. That of a literal list becomes an input of the branches and exit handlers around the loop, too. */
export function canHaveFields({ isLiteral, around }: Exclude<Value["item"], undefined>): boolean {
  return !isLiteral || around !== "group";
}

/** Python asks the right side first where its class is the narrower one, as that of an item is, and turns the comparison. */
export function isOrderKept(left: Value, right: Value): boolean {
  return right.item === undefined || left.item !== undefined;
}

/**
 * A whole program.
 *
 * Pipelines in pipelines: a group of the inner one may have the name of a group that stands in another group of the
 * outer one, which then loses its steps.
 */
export function canBeCompiled(program: Program): boolean {
  return isNumberedClearly(program) && hasClearGroups(program);
}

/** The item of loop 1 is taken for that of loop 10, whose name begins with its own. */
function isNumberedClearly({ pipelines }: Program): boolean {
  return pipelines.every(({ steps }) => numbersIn(steps) < 10);
}

/** How many numbers the groups take. */
function numbersIn(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    if (step.kind === "task" || step.kind === "importer") return sum;
    if (step.kind === "branches") {
      const { branches } = step;
      const inner = branches.reduce((all, branch) => all + numbersIn(branch.steps), 0);
      return sum + inner + branches.length + (branches.length > 1 ? 1 : 0);
    }
    return sum + numbersIn(step.steps) + (step.kind === "loop" && "literal" in step.items ? 2 : 1);
  }, 0);
}

function hasClearGroups({ pipelines }: Program): boolean {
  const withGroups = new Set<string>();
  // A pipeline brings along the groups of those that it uses.
  for (const pipeline of pipelines) {
    if (depthOf(pipeline.steps) > 0 || usesAny(pipeline, withGroups)) withGroups.add(pipeline.name);
  }
  return pipelines.every((pipeline) => depthOf(pipeline.steps) < 2 || !usesAny(pipeline, withGroups));
}

function usesAny(pipeline: Pipeline, names: ReadonlySet<string>): boolean {
  const used = JSON.stringify(pipeline.steps).matchAll(/"callable":"([^"]*)"/g);
  return [...used].some(([, name]) => names.has(name ?? ""));
}

/** How deep groups stand in groups. */
function depthOf(steps: readonly Step[]): number {
  return Math.max(0, ...steps.map(depthOfStep));
}

function depthOfStep(step: Step): number {
  if (step.kind === "task" || step.kind === "importer") return 0;
  if (step.kind === "branches") {
    // Several branches come in a group of their own.
    return Math.max(...step.branches.map(({ steps }) => depthOf(steps))) + (step.branches.length > 1 ? 2 : 1);
  }
  return 1 + depthOf(step.steps);
}

/** What stands in the place of an optional input: an empty word counts as none. */
export function isLost(otherwise: Word | readonly Word[] | null): boolean {
  return otherwise !== null && "kind" in otherwise && otherwise.kind === "text" && otherwise.text === "";
}

/**
 * As what a loop runs over: an item of a literal list is not passed through a group between, and becomes an input of
 * the branches and exit handlers around its loop.
 */
export function canBeLoopedOver({ item }: Value): boolean {
  return !(item?.isLiteral && (item.isFurtherIn || item.around === "group"));
}
