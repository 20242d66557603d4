import type { JsonValue, ParameterKind } from "../nodes/index.ts";

/** A default as its type has it, though it may be written as a text; undefined when it cannot be. */
export function readDefault(type: ParameterKind, value: JsonValue): JsonValue | undefined {
  return readers[type](value);
}

const readers: Readonly<Record<ParameterKind, (value: JsonValue) => JsonValue | undefined>> = {
  string: (value) => (typeof value === "object" ? undefined : String(value)),
  int: (value) => {
    const number = numberOf(value);
    return number === undefined ? undefined : Math.trunc(number);
  },
  double: numberOf,
  boolean: (value) => {
    if (typeof value !== "string") return typeof value === "boolean" ? value : undefined;
    if (["y", "yes", "t", "true", "on", "1"].includes(value.toLowerCase())) return true;
    return ["n", "no", "f", "false", "off", "0"].includes(value.toLowerCase()) ? false : undefined;
  },
  list: (value) => ofJson(value, Array.isArray),
  struct: (value) => ofJson(value, (each) => typeof each === "object" && each !== null && !Array.isArray(each)),
  "task-final-status": () => undefined,
  "task-config": () => undefined,
};

function numberOf(value: JsonValue): number | undefined {
  if (typeof value === "string" && value.trim() === "") return undefined;
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function ofJson(value: JsonValue, fits: (value: JsonValue) => boolean): JsonValue | undefined {
  if (typeof value !== "string") return fits(value) ? value : undefined;
  try {
    return ofJson(JSON.parse(value) as JsonValue, fits);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
