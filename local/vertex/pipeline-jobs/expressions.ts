import {
  ExpressionError,
  evaluateCondition,
  parseExpression,
  selectParameter,
  type Value,
} from "../../../specs/ir/expression/index.ts";
import { isArray, isObject, type Json, mapValues } from "../wire/json.ts";

/** Says what is wrong with an expression before a job starts. */
export function checkExpression(
  text: string,
  field: string,
  refuse: (field: string, description: string) => void,
): void {
  try {
    parseExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    refuse(field, error.message);
  }
}

/** Whether a task's trigger condition holds, given its own inputs. */
export function holds(condition: string, parameters: Readonly<Record<string, Json>>): boolean {
  return evaluateCondition(condition, parameters);
}

/** The part of a value that a selector such as `parseJson(string_value)["a"]` names. */
export function evaluateSelector(selector: string, value: Json): Json {
  return toJson(selectParameter(selector, value));
}

function toJson(value: Value): Json {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map((item: Value) => toJson(item));
  if (isObject(value) && !isArray(value)) return mapValues(value as Readonly<Record<string, Value>>, toJson);
  return value as Json;
}
