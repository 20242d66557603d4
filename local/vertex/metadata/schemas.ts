import { randomUUID } from "node:crypto";
import { parse } from "yaml";
import type { Clock } from "../../clock.ts";
import type { Store } from "../store/store.ts";
import { alreadyExists, type FieldViolation, invalidArgument, notFound } from "../wire/errors.ts";
import { isObject } from "../wire/json.ts";
import { type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { idOf } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toTime } from "../wire/time.ts";

interface SchemaMessage {
  readonly schema?: string;
  readonly schemaVersion?: string;
  readonly schemaType?: string;
  readonly description?: string;
}

interface SchemaRecord extends SchemaMessage {
  readonly name: string;
  /** Of the schema's YAML. */
  readonly title: string;
  readonly createTime: number;
}

const fields: ListFields<SchemaRecord> = {
  name: ({ name }) => name,
  labels: () => ({}),
  fields: {
    name: { kind: "text", of: ({ name }) => name },
    schema_title: { kind: "text", of: ({ title }) => title },
    schema_version: { kind: "text", of: ({ schemaVersion }) => schemaVersion },
    schema_type: { kind: "text", of: ({ schemaType }) => schemaType },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
  },
  orders: { create_time: ({ createTime }) => createTime },
  defaultOrder: "create_time",
};

/**
 * MetadataService's schemas (https://cloud.google.com/vertex-ai/docs/ml-metadata/custom-schemas): what clients register
 * is given back. Artifacts, executions and contexts may name any schema, registered or not.
 */
export function metadataSchemas(store: Store, clock: Clock): NonNullable<Methods["MetadataService"]> {
  const schemas = store.collection<SchemaRecord>("metadata-schemas");
  const message = ({ title: _title, createTime, ...schema }: SchemaRecord) => ({
    ...schema,
    createTime: toTime(createTime),
  });
  return {
    CreateMetadataSchema: (request: { parent?: string; metadataSchema?: SchemaMessage; metadataSchemaId?: string }) => {
      const parent = parseStore(request.parent);
      const { metadataSchema = {}, metadataSchemaId = "" } = request;
      const title = check(metadataSchema, metadataSchemaId);
      const name = `${parent}/metadataSchemas/${metadataSchemaId || randomUUID()}`;
      const isSame = (known: SchemaRecord) =>
        known.title === title && known.schemaVersion === metadataSchema.schemaVersion;
      if (schemas.get(name) !== undefined || schemas.list(parent).some(isSame))
        throw alreadyExists("MetadataSchema", name);
      const record = { ...metadataSchema, name, title, createTime: clock.now() };
      schemas.put(name, parent, record);
      return message(record);
    },
    GetMetadataSchema: ({ name = "" }: { name?: string }) => {
      const found = schemas.get(name);
      if (found === undefined) throw notFound("MetadataSchema", name);
      return message(found);
    },
    ListMetadataSchemas: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(schemas.list(parseStore(request.parent)), request, fields);
      return { metadataSchemas: items.map(message), nextPageToken };
    },
  };
}

function parseStore(parent = ""): string {
  if (/^projects\/[^/]+\/locations\/[^/]+\/metadataStores\/[^/]+$/.test(parent)) return parent;
  throw invalidArgument([
    { field: "parent", description: `"${idOf(parent)}" should be projects/…/locations/…/metadataStores/ID` },
  ]);
}

/** Gives the title. Throws INVALID_ARGUMENT with every problem. */
function check({ schema = "", schemaVersion = "" }: SchemaMessage, id: string): string {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field, description });
  if (id !== "" && !/^[a-z0-9-]{4,128}$/.test(id))
    refuse("metadata_schema_id", `"${id}" should have 4 to 128 lower case letters, digits and dashes`);
  if (schemaVersion !== "" && !/^[0-9]+[.][0-9]+[.][0-9]+$/.test(schemaVersion))
    refuse("metadata_schema.schema_version", `"${schemaVersion}" should be like 1.0.0`);
  const title = titleOf(schema);
  if (title === undefined) refuse("metadata_schema.schema", "should be YAML with a title");
  if (violations.length > 0 || title === undefined) throw invalidArgument(violations);
  return title;
}

function titleOf(schema: string): string | undefined {
  try {
    const read: unknown = parse(schema);
    const title = isObject(read) ? read["title"] : undefined;
    return typeof title === "string" ? title : undefined;
  } catch {
    return undefined;
  }
}
