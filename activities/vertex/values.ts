import type { protos } from "@google-cloud/aiplatform";
import { toValue } from "@google-cloud/aiplatform/build/src/helpers.js";
import { googleProtobufValueToObject } from "@google-cloud/aiplatform/build/src/value-converter.js";

export type ProtobufValue = protos.google.protobuf.IValue;

/** The client sends a plain object in the place of a Value or Struct as an empty one, without an error: everything goes through here. */
export function toProtobufValue(value: unknown): ProtobufValue {
  return toValue(value as object) as ProtobufValue;
}

export function toStruct(value: object): protos.google.protobuf.IStruct {
  const { structValue } = toProtobufValue(value);
  if (!structValue) throw new TypeError("only an object can be sent as a Struct");
  return structValue;
}

export function fromProtobufValue(value: ProtobufValue): unknown {
  return googleProtobufValueToObject(value as Parameters<typeof googleProtobufValueToObject>[0]);
}
