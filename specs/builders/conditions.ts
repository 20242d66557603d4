import type { ConditionNode } from "../nodes/index.ts";
import type { ValueInternals } from "./values.ts";

/** What `when` decides by. */
export class Condition {
  readonly node: ConditionNode;
  /** What it reads. */
  readonly values: readonly ValueInternals[];

  constructor(node: ConditionNode, values: readonly ValueInternals[]) {
    this.node = Object.freeze(node);
    this.values = values;
  }
}

/** Holds when each of them does. */
export function and(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return join("and", conditions);
}

/** Holds when any of them does. */
export function or(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return join("or", conditions);
}

/** Holds when the other does not. */
export function not(condition: Condition): Condition {
  return new Condition({ kind: "not", condition: condition.node }, condition.values);
}

function join(kind: "and" | "or", conditions: readonly Condition[]): Condition {
  const nodes = conditions.map((condition) => condition.node);
  return new Condition(
    { kind, conditions: nodes },
    conditions.flatMap((condition) => condition.values),
  );
}
