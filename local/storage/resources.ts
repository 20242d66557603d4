import { isRecord } from "../http/body.ts";
import type { BucketRecord, ObjectFields, ObjectRecord } from "./catalog.ts";
import { StorageError } from "./errors.ts";

/** An object in Google's JSON. https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function objectResource(record: ObjectRecord, baseUrl: string): Record<string, unknown> {
  const { bucket, name, generation } = record;
  const path = `b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: "storage#object",
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${baseUrl}/storage/v1/${path}`,
    mediaLink: `${baseUrl}/download/storage/v1/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(record.metageneration),
    storageClass: "STANDARD",
    size: String(record.size),
    ...(record.crc32c !== null && { crc32c: record.crc32c }),
    ...(record.md5 !== null && { md5Hash: record.md5 }),
    ...(record.componentCount !== null && { componentCount: record.componentCount }),
    etag: objectEtag(record),
    timeCreated: new Date(record.created).toISOString(),
    updated: new Date(record.updated).toISOString(),
    timeStorageClassUpdated: new Date(record.created).toISOString(),
    timeFinalized: new Date(record.created).toISOString(),
    ...record.fields,
  };
}

export function objectEtag(record: ObjectRecord): string {
  return Buffer.from(`${record.generation}/${record.metageneration}`).toString("base64");
}

/** https://cloud.google.com/storage/docs/json_api/v1/buckets#resource */
export function bucketResource(record: BucketRecord, baseUrl: string): Record<string, unknown> {
  return {
    location: "US-CENTRAL1",
    storageClass: "STANDARD",
    ...record.fields,
    kind: "storage#bucket",
    id: record.name,
    selfLink: `${baseUrl}/storage/v1/b/${record.name}`,
    name: record.name,
    projectNumber: "0",
    metageneration: String(record.metageneration),
    locationType: "region",
    etag: Buffer.from(String(record.metageneration)).toString("base64"),
    timeCreated: new Date(record.created).toISOString(),
    updated: new Date(record.updated).toISOString(),
  };
}

const textFields = [
  "contentType",
  "contentEncoding",
  "contentDisposition",
  "contentLanguage",
  "cacheControl",
  "customTime",
  "storageClass",
] as const;

/** The fields of a resource that a client may set; others, which Google computes, are passed over as Google does. */
export function readObjectFields(resource: Readonly<Record<string, unknown>>): ObjectFields {
  return patchObjectFields({}, resource);
}

/** A null takes a field away, in `metadata` too. https://cloud.google.com/storage/docs/json_api#patch */
export function patchObjectFields(fields: ObjectFields, patch: Readonly<Record<string, unknown>>): ObjectFields {
  const result: Record<string, unknown> = { ...fields };
  for (const field of textFields) {
    const value = patch[field];
    if (value === null) delete result[field];
    else if (typeof value === "string") result[field] = value;
    else if (value !== undefined) throw new StorageError("INVALID", `Invalid value for ${field}: not a string`);
  }
  const { metadata } = patch;
  if (metadata === null) delete result["metadata"];
  else if (isRecord(metadata)) result["metadata"] = patchMetadata(fields.metadata ?? {}, metadata);
  else if (metadata !== undefined) throw new StorageError("INVALID", "Invalid value for metadata: not an object");
  return result;
}

function patchMetadata(
  metadata: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const merged = Object.entries({ ...metadata, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged.map(([key, value]) => [key, String(value)]));
}
