import type { ParameterType_ParameterTypeEnumJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { isArray, isObject, type Json } from "../wire/json.ts";

export type ParameterType = ParameterType_ParameterTypeEnumJson;

/** Whether a value has a parameter's type. */
export function hasType(value: Json, type: ParameterType | undefined): boolean {
  switch (type) {
    case "NUMBER_INTEGER":
      return Number.isInteger(value);
    case "NUMBER_DOUBLE":
      return typeof value === "number";
    case "STRING":
      return typeof value === "string";
    case "BOOLEAN":
      return typeof value === "boolean";
    case "LIST":
      return isArray(value);
    case "STRUCT":
    case "TASK_FINAL_STATUS":
      return isObject(value);
    default:
      return true;
  }
}

/** A value that another task or the spec gives, in the type that the component declares, where that loses nothing. */
export function coerce(value: Json, type: ParameterType | undefined): Json {
  if (hasType(value, type)) return value;
  if (type === "STRING") return JSON.stringify(value);
  if (typeof value === "string") return parseParameter(value, type) ?? value;
  return value;
}

/** Reads what a container wrote to an output parameter's file; undefined when it has not that type. */
export function parseParameter(text: string, type: ParameterType | undefined): Json | undefined {
  const trimmed = text.trim();
  switch (type) {
    case "NUMBER_INTEGER":
      return /^[+-]?\d+$/.test(trimmed) ? Number(trimmed) : undefined;
    case "NUMBER_DOUBLE":
      return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
    case "BOOLEAN":
      return /^true$/i.test(trimmed) ? true : /^false$/i.test(trimmed) ? false : undefined;
    case "LIST":
    case "STRUCT": {
      try {
        const json = JSON.parse(trimmed) as Json;
        return hasType(json, type) ? json : undefined;
      } catch {
        return undefined;
      }
    }
    default:
      return text;
  }
}
