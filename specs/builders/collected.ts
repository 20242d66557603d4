import type { DefinitionNode } from "../nodes/index.ts";
import { type CollectedValue, madeByTask } from "./returned.ts";
import { currentScope, mistake, type Scope } from "./scope.ts";
import { type Conditional, internals, toValue, type ValueInternals } from "./values.ts";

/**
 * What a branch made, if it ran, as a list of at most one. A loop's values need no such call: what its body gives
 * back is collected.
 */
export function collected<Value>(value: Conditional<Value>): CollectedValue<Value> {
  const { conditional: _, ...internal } = value[internals];
  currentScope("collected(…)");
  return toValue(internal) as unknown as CollectedValue<Value>;
}

/** A value of a group, seen from outside it. */
export function collectedFrom({ node, definition }: ValueInternals, group: number, scope: Scope): ValueInternals {
  if (!madeByTask(node)) {
    throw mistake(scope, "unsupported", "only what a task made can be collected, not an input or an item.");
  }
  const value = node.kind === "collected" ? node.value : node;
  return {
    node: Object.freeze({ kind: "collected", group, value }),
    definition: node.kind === "collected" ? definition : listOf(definition),
    scope,
  };
}

function listOf(definition: DefinitionNode): DefinitionNode {
  return definition.kind === "parameter"
    ? { kind: "parameter", type: "list", optional: false, items: definition }
    : { ...definition, list: true };
}
