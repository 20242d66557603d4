import { internals, isValue, type ParameterValue } from "../builders/values.ts";
import type { JsonValue, ParameterKind } from "../nodes/index.ts";
import { filled } from "./checks.ts";
import type { ParameterNode } from "./config.ts";

/** A name, known now or when the pipeline runs: a pipeline's input, a task's output, a loop's item. */
export type Text = string | ParameterValue<"string">;

/** A name as the config has it. */
export function textParameter(value: Text, what: string): ParameterNode {
  return parameter(typeof value === "string" ? filled(value, what) : value);
}

/** A value as the config has it: the value itself, or a reference to what the run will know. */
export function parameter(value: JsonValue | ParameterValue<ParameterKind>): ParameterNode {
  if (!isValue(value)) return { runtimeValue: { constant: value as JsonValue } };
  return { kind: "run-time-value", value: value[internals].node };
}

/** The same name where installations before 2.14 read it: in a field for constants only. */
export function constantText<Field extends string>(field: Field, value: Text): { readonly [Name in Field]?: string } {
  return (typeof value === "string" ? { [field]: value } : {}) as { readonly [Name in Field]?: string };
}
