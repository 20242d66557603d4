import { VertexError } from "../wire/errors.ts";
import { isObject, type Json, type JsonObject } from "../wire/json.ts";
import type { InputRecord } from "./input.ts";
import type { InstanceConfigMessage } from "./records.ts";

/** An instance as the model gets it, and as the output tells which one it was. */
export interface Instance {
  readonly sent: Json;
  /** `{"key": …}` where the job names a key field, `{"instance": …}` otherwise. */
  readonly told: JsonObject;
}

/**
 * Makes the instance of a record, as `instance_config` says
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.batchPredictionJobs#instanceconfig).
 * Fields that are kept from the model stay in what the output tells. Throws INVALID_ARGUMENT.
 */
export function toInstance(
  record: Exclude<InputRecord, { kind: "unreadable" }>,
  config: InstanceConfigMessage = {},
): Instance {
  if (record.kind === "file")
    return { sent: { b64: record.content.toString("base64") }, told: { instance: record.uri } };
  const { instanceType = "", keyField = "", includedFields = [], excludedFields = [] } = config;
  const chooses = keyField !== "" || includedFields.length > 0 || excludedFields.length > 0;
  if (record.kind === "value" && !isObject(record.value)) {
    if (chooses || instanceType === "object") throw invalid("each line should be an object");
    return { sent: record.value, told: { instance: record.value } };
  }
  const fields = new Map(record.kind === "row" ? record.cells : Object.entries(record.value as JsonObject));
  const type = instanceType || (record.kind === "row" ? "array" : "object");
  if (record.kind === "value" && type === "array" && includedFields.length === 0)
    throw invalid("included_fields should say in which order the fields of an object make an array");
  const names =
    includedFields.length > 0
      ? includedFields
      : [...fields.keys()].filter((name) => name !== keyField && !excludedFields.includes(name));
  // An object may lack a field; in an array each value has its place.
  const there = type === "array" ? names : names.filter((name) => fields.has(name));
  const chosen = there.map((name) => [name, fieldOf(fields, name)] as const);
  const sent: Json = type === "array" ? chosen.map(([, value]) => value) : Object.fromEntries(chosen);
  if (keyField !== "") return { sent, told: { key: fieldOf(fields, keyField) } };
  return { sent, told: { instance: chooses ? Object.fromEntries(fields) : sent } };
}

function fieldOf(fields: ReadonlyMap<string, Json>, name: string): Json {
  const value = fields.get(name);
  if (value === undefined) throw invalid(`the instance has no field "${name}"`);
  return value;
}

function invalid(what: string): VertexError {
  return new VertexError("INVALID_ARGUMENT", `instance_config: ${what}.`);
}
