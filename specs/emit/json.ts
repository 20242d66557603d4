import type { JsonValue as MutableJson } from "@bufbuild/protobuf";
import type { JsonValue } from "../nodes/index.ts";

/** The generated types of the IR do not know `readonly`; what nodes hold is frozen, and only ever written out. */
export function mutable(value: JsonValue): MutableJson {
  return value as MutableJson;
}

/**
 * A field as protobuf's JSON has it: left out where it says no more than its absence does.
 * https://protobuf.dev/programming-guides/json/#field-presence
 */
export function field<Name extends string, Value extends string | number | boolean>(
  name: Name,
  value: Value | undefined,
): { readonly [Field in Name]?: Value } {
  const says = value !== undefined && value !== "" && value !== 0 && value !== false;
  return (says ? { [name]: value } : {}) as { readonly [Field in Name]?: Value };
}
