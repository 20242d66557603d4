import type { DescField, DescMessage } from "@bufbuild/protobuf";
import {
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { invalidArgument, VertexError } from "../errors.ts";
import { loadRegistries } from "../json-message.ts";
import type { ServiceMethod } from "../protos.ts";

/** Messages in protobuf's JSON form (https://protobuf.dev/programming-guides/json/). */
export interface JsonCodec {
  /** Throws INVALID_ARGUMENT for what isn't in the message, or isn't of its type. */
  readRequest(method: ServiceMethod, json: JsonObject): object;
  writeResponse(method: ServiceMethod, message: object, options: { readonly enumsAsNumbers: boolean }): JsonValue;
  /** Of google.rpc.Status's details. */
  writeDetails(details: readonly object[]): JsonValue[];
  requestType(method: ServiceMethod): DescMessage;
}

export function createJsonCodec(): JsonCodec {
  const registries = loadRegistries();
  const find = (name: string): { type: DescMessage; registry: Registry } => {
    for (const registry of registries) {
      const type = registry.getMessage(name);
      if (type !== undefined) return { type, registry };
    }
    throw new Error(`${name} is not described`);
  };
  return {
    requestType: (method) => find(method.request).type,
    readRequest(method, json) {
      const { type, registry } = find(method.request);
      try {
        return method.definition.requestDeserialize(
          Buffer.from(toBinary(type, fromJson(type, json, { registry, ignoreUnknownFields: false }))),
        );
      } catch (error) {
        const description = error instanceof Error ? error.message : String(error);
        throw invalidArgument([{ field: type.name, description: `Invalid JSON payload received: ${description}` }]);
      }
    },
    writeResponse(method, message, { enumsAsNumbers }) {
      const { type, registry } = find(method.response);
      const read = fromBinary(type, method.definition.responseSerialize(message));
      return toJson(type, read, { registry, enumAsInteger: enumsAsNumbers });
    },
    writeDetails: (details) => details.map((detail) => ({ ...detail }) as JsonObject),
  };
}

/**
 * Puts a value, as a path or a query gives it, into a request in JSON form. `path` is of field names, snake or camel
 * case, joined by dots. Throws INVALID_ARGUMENT for a field that isn't there.
 */
export function setField(json: JsonObject, type: DescMessage, path: string, values: readonly string[]): void {
  const [head = "", ...rest] = path.split(".");
  const field = type.fields.find(({ name, jsonName }) => name === head || jsonName === head);
  if (field === undefined)
    throw new VertexError(
      "INVALID_ARGUMENT",
      `Invalid JSON payload received. Unknown name "${head}": Cannot bind query parameter.`,
    );
  if (rest.length === 0) {
    json[field.jsonName] =
      field.fieldKind === "list" ? values.map((value) => scalar(field, value)) : scalar(field, values.at(-1) ?? "");
    return;
  }
  if (field.fieldKind === "map") {
    json[field.jsonName] = {
      ...(json[field.jsonName] as JsonObject | undefined),
      [rest.join(".")]: values.at(-1) ?? "",
    };
    return;
  }
  if (field.message === undefined)
    throw new VertexError(
      "INVALID_ARGUMENT",
      `Invalid JSON payload received. "${head}" has no field "${rest.join(".")}".`,
    );
  const inner = { ...(json[field.jsonName] as JsonObject | undefined) };
  json[field.jsonName] = inner;
  setField(inner, field.message, rest.join("."), values);
}

function scalar(field: DescField, text: string): JsonValue {
  if (field.enum !== undefined && /^\d+$/.test(text)) return Number(text);
  // Of a field mask, Google's servers take the names in snake case, too.
  if (field.message?.typeName === "google.protobuf.FieldMask")
    return text.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  if (text === "true") return true;
  return text === "false" ? false : text;
}
