import { isList, isMap, typeOf, type Value } from "./value.ts";

/** A wrong argument; the evaluator adds where it stands. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
  readonly code: "type" | "range";

  constructor(code: "type" | "range", message: string) {
    super(message);
    this.code = code;
  }
}

/** The functions of CEL that specs use, and `parseJson`, with which the IR picks a field of a loop's item. */
export const functions: Readonly<
  Record<string, { readonly arity: number; readonly apply: (...values: Value[]) => Value }>
> = {
  int: { arity: 1, apply: (value = null) => toInt(value) },
  double: { arity: 1, apply: (value = null) => toDouble(value) },
  string: { arity: 1, apply: (value = null) => toText(value) },
  bool: { arity: 1, apply: (value = null) => toBool(value) },
  size: { arity: 1, apply: (value = null) => size(value) },
  parseJson: { arity: 1, apply: (value = null) => parseJson(value) },
  startsWith: { arity: 2, apply: (value = null, part = null) => text(value).startsWith(text(part)) },
  endsWith: { arity: 2, apply: (value = null, part = null) => text(value).endsWith(text(part)) },
  contains: { arity: 2, apply: (value = null, part = null) => text(value).includes(text(part)) },
};

export function checkInt(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new ArgumentError("range", `${value} does not fit 64 bits.`);
  return value;
}

function toInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ArgumentError("range", `${value} is no integer.`);
    return checkInt(BigInt(Math.trunc(value)));
  }
  if (typeof value === "string") {
    if (!/^[+-]?[0-9]+$/.test(value))
      throw new ArgumentError("type", `${JSON.stringify(value)} is not written as an integer.`);
    return checkInt(BigInt(value));
  }
  throw wrongType("int", value);
}

function toDouble(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") {
    const number = Number(value);
    if (value.trim() === "" || Number.isNaN(number)) {
      throw new ArgumentError("type", `${JSON.stringify(value)} is not written as a number.`);
    }
    return number;
  }
  throw wrongType("double", value);
}

function toText(value: Value): string {
  if (value === null || isList(value) || isMap(value)) throw wrongType("string", value);
  return String(value);
}

function toBool(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") throw wrongType("bool", value);
  if (["true", "True", "TRUE", "t", "1"].includes(value)) return true;
  if (["false", "False", "FALSE", "f", "0"].includes(value)) return false;
  throw new ArgumentError("type", `${JSON.stringify(value)} is neither true nor false.`);
}

function size(value: Value): bigint {
  // In code points, as CEL counts.
  if (typeof value === "string") return BigInt([...value].length);
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(Object.keys(value).length);
  throw wrongType("size", value);
}

function parseJson(value: Value): Value {
  // A parameter that is a list or a struct already arrives parsed.
  if (isList(value) || isMap(value)) return value;
  try {
    return JSON.parse(text(value)) as Value;
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    throw new ArgumentError("type", `The text is not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
}

function text(value: Value): string {
  if (typeof value !== "string") throw new ArgumentError("type", `Expected a string, but got ${typeOf(value)}.`);
  return value;
}

function wrongType(name: string, value: Value): ArgumentError {
  return new ArgumentError("type", `${name}() does not take ${typeOf(value)}.`);
}
