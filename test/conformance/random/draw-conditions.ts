import type { Choices } from "./choices.ts";
import { type Condition, comparisons, type ParameterKind } from "./model.ts";
import { canControl, isOrderKept } from "./python-mistakes.ts";
import type { Scope, Value } from "./scope.ts";

const comparable: readonly ParameterKind[] = ["string", "int", "double", "boolean"];

/** Null where there is nothing to compare. */
export function drawCondition(choices: Choices, scope: Scope): Condition | null {
  const values = scope.values.filter(canControl);
  const left = choices.maybeOf(values.filter((value) => comparable.includes(kindOf(value))).reverse());
  if (left === undefined) return null;
  const kind = kindOf(left);
  const operator = choices.of(comparisons);
  const others = values.filter((value) => value !== left && isOrderKept(left, value) && isAlike(kindOf(value), kind));
  const other = choices.chance(30) ? choices.maybeOf(others) : undefined;
  if (other !== undefined) return { left: left.reference, operator, right: other.reference };
  return { left: left.reference, operator, right: { kind: "constant", value: constantOf(choices, kind), type: kind } };
}

function isAlike(one: ParameterKind, other: ParameterKind): boolean {
  return one === other || (isNumber(one) && isNumber(other));
}

function constantOf(choices: Choices, kind: ParameterKind) {
  if (kind === "string") return choices.of(["a", "", "b c", "é", 'say "so"']);
  if (kind === "int") return choices.of([0, 3, -1, 1_000_000]);
  if (kind === "double") return choices.of([0.5, 2, 1e-7, -2.25, 1e21]);
  return choices.chance(50);
}

function kindOf({ type }: Value): ParameterKind {
  return type.kind === "parameter" ? type.type : "struct";
}

function isNumber(kind: ParameterKind): boolean {
  return kind === "int" || kind === "double";
}
