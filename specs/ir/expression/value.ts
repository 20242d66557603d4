/**
 * A value of the expression language. A JSON number is a `number` (double); integers are `bigint` (int64) and
 * come from literals and `int(…)`.
 */
export type Value = string | number | bigint | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export function typeOf(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "list";
  switch (typeof value) {
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "string":
      return "string";
    default:
      return "map";
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Equal as CEL has it: numbers by their value, whatever their type; values of other types are never equal. */
export function equal(left: Value, right: Value): boolean {
  if (isNumeric(left) && isNumeric(right)) {
    // biome-ignore lint/suspicious/noDoubleEquals: only == compares a bigint and a number by their value.
    return left == right;
  }
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index] ?? null));
  }
  if (isMap(left) && isMap(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return keys.every((key) => Object.hasOwn(right, key) && equal(left[key] ?? null, right[key] ?? null));
  }
  return left === right;
}

export function isNumeric(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
