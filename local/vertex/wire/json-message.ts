import { type FileRegistry, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { describe } from "./descriptors.ts";
import { loadProtos } from "./protos.ts";

let registries: readonly FileRegistry[] | undefined;

/** Every message of the API, for protobuf's JSON form; described once in a process, at the first use. */
export function loadRegistries(): readonly FileRegistry[] {
  registries ??= loadProtos().roots.map(describe);
  return registries;
}

/** A message, as the methods take it, from its JSON form. Throws what the JSON is wrong in. */
export function readMessage(name: string, json: JsonValue): object {
  for (const [index, registry] of loadRegistries().entries()) {
    const type = registry.getMessage(name);
    const codec = loadProtos().roots[index]?.lookupType(name);
    if (type === undefined || codec === undefined) continue;
    const bytes = toBinary(type, fromJson(type, json, { registry, ignoreUnknownFields: true }));
    return codec.toObject(codec.decode(bytes), { longs: String, enums: String });
  }
  throw new Error(`${name} is not described`);
}
