import type { DefinitionNode, JsonValue, LoopItems, ParameterDefinitionNode, ParameterKind } from "../nodes/index.ts";
import { here } from "../origin.ts";
import { templateNode } from "./arguments.ts";
import { collectedFrom } from "./collected.ts";
import {
  type BodyResult,
  type CollectedValues,
  type LiteralValue,
  mapValues,
  type OutputsOf,
  readReturned,
} from "./returned.ts";
import { checkReachable, currentScope, inside, mistake, openScope, type Scope } from "./scope.ts";
import {
  type ArtifactListValue,
  type ArtifactValue,
  internals,
  isValue,
  type ParameterValue,
  toValue,
} from "./values.ts";

export interface LoopOptions {
  /** How many run at once; no limit when left out. */
  readonly parallelism?: number;
  /** Shown on Vertex's pages. */
  readonly name?: string;
}

/**
 * Runs the tasks of `body` once for each item, in parallel. What the body gives back is, outside the loop, a list.
 *
 * ```ts
 * const trained = parallelFor([1e-5, 5e-5], (learningRate) => ({ loss: train({ data, learningRate }).loss }), {
 *   parallelism: 2,
 * });
 * choose({ losses: trained.loss });
 * ```
 *
 * Of items that are structs, `item.field("name")` is one field.
 */
export function parallelFor<const Title extends string, const Result extends BodyResult>(
  items: ArtifactListValue<Title>,
  body: (item: ArtifactValue<Title>) => Result,
  options?: LoopOptions,
): CollectedValues<OutputsOf<Result>>;
export function parallelFor<Item, const Result extends BodyResult>(
  items: ParameterValue<"list", readonly Item[]>,
  body: (item: LiteralValue<Item>) => Result,
  options?: LoopOptions,
): CollectedValues<OutputsOf<Result>>;
export function parallelFor<Item extends JsonValue, const Result extends BodyResult>(
  items: readonly Item[],
  body: (item: LiteralValue<Item>) => Result,
  options?: LoopOptions,
): CollectedValues<OutputsOf<Result>>;
export function parallelFor(
  items: unknown,
  body: (item: never) => unknown,
  { parallelism, name }: LoopOptions = {},
): unknown {
  const around = currentScope("parallelFor(…)");
  const { trace } = around;
  if (parallelism !== undefined && (!Number.isInteger(parallelism) || parallelism < 1)) {
    throw mistake(around, "invalid-value", `parallelism is a whole number of at least 1, not ${parallelism}.`);
  }
  const { loopItems, item } = readItems(items, around);
  const origin = here();
  const scope = openScope(around, "loop");
  const { id } = scope.group;
  around.steps.push({
    kind: "loop",
    id,
    origin,
    ...(name !== undefined && { displayName: name }),
    items: loopItems,
    item,
    ...(parallelism !== undefined && { parallelism }),
    scope,
  });
  const value = toValue({ node: Object.freeze({ kind: "loop-item", loop: id }), definition: item, scope });
  const outputs = readReturned(
    inside(scope, () => body(value as never)),
    scope,
    "a loop",
  );
  if (scope.steps.length === 0)
    throw mistake(around, "empty", "a loop has no task in it.", { pipeline: trace.pipeline });
  return Object.freeze(
    mapValues(outputs, (each, output) => {
      checkReachable(each, scope, { output });
      return toValue(collectedFrom(each, id, around));
    }),
  );
}

function readItems(items: unknown, scope: Scope): { readonly loopItems: LoopItems; readonly item: DefinitionNode } {
  if (isValue(items)) {
    const internal = items[internals];
    checkReachable(internal, scope, { task: "parallelFor" });
    return { loopItems: { kind: "reference", value: internal.node }, item: itemOf(internal.definition, scope) };
  }
  if (!Array.isArray(items)) {
    throw mistake(scope, "invalid-value", "a loop runs over a list: a literal one, or a value that is a list.");
  }
  if (items.length === 0) throw mistake(scope, "empty", "the list that the loop runs over has no item.");
  const node = templateNode(items, scope, { task: "parallelFor" });
  if (node.kind === "template") {
    const message = "a literal list cannot hold values that are known only at run time: make the list in a task.";
    throw mistake(scope, "unsupported", message);
  }
  const literals = node.value as readonly JsonValue[];
  return { loopItems: { kind: "literal", items: literals }, item: literalItem(literals) };
}

const text: ParameterDefinitionNode = { kind: "parameter", type: "string", optional: false };

function itemOf(definition: DefinitionNode, scope: Scope): DefinitionNode {
  if (definition.kind === "artifact") {
    if (!definition.list) throw mistake(scope, "invalid-value", "a loop runs over a list of artifacts, not over one.");
    return { ...definition, list: false, optional: false };
  }
  // A field of an item may be a list without anything saying so.
  if (definition.type !== "list" && definition.type !== "string") {
    throw mistake(scope, "invalid-value", `a loop runs over a list, not over a ${definition.type}.`);
  }
  const { type, items, fields } = definition.items ?? text;
  return { ...text, type, ...(items !== undefined && { items }), ...(fields !== undefined && { fields }) };
}

/** What the items are, told from the first. Of what is inside a list, nothing is known. */
function literalItem(literals: readonly JsonValue[]): ParameterDefinitionNode {
  const [first = null] = literals;
  if (typeof first === "number") return { ...text, type: literals.every(Number.isInteger) ? "int" : "double" };
  if (typeof first !== "object" || first === null || Array.isArray(first)) return { ...text, type: kindOf(first) };
  const [field = null] = Object.values(first);
  return { ...text, type: "struct", fields: { ...text, type: kindOf(field) } };
}

function kindOf(literal: JsonValue): ParameterKind {
  switch (typeof literal) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "number":
      return Number.isInteger(literal) ? "int" : "double";
    default:
      if (literal === null) return "string";
      return Array.isArray(literal) ? "list" : "struct";
  }
}
