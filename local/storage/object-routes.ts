import { readJsonObject, sendJson } from "../http/body.ts";
import { type Exchange, type Route, route } from "../http/router.ts";
import type { BucketStore } from "./bucket-store.ts";
import type { Catalog, ObjectRecord } from "./catalog.ts";
import { composeObjects } from "./compose.ts";
import { sendMedia } from "./download.ts";
import { listObjects } from "./list-objects.ts";
import type { ObjectStore } from "./object-store.ts";
import { checkPreconditions, readNumber, readPreconditions } from "./preconditions.ts";
import { objectResource, patchObjectFields, readObjectFields } from "./resources.ts";

/** https://cloud.google.com/storage/docs/json_api/v1/objects */
export function objectRoutes(
  buckets: BucketStore,
  store: ObjectStore,
  catalog: Catalog,
  baseUrl: () => string,
): readonly Route[] {
  const resource = (record: ObjectRecord) => objectResource(record, baseUrl());

  const read = async ({ bucket, object }: Readonly<Record<"bucket" | "object", string>>, exchange: Exchange) => {
    const { query, response } = exchange;
    buckets.get(bucket);
    if (query.get("alt") === "media") return sendMedia(store, bucket, object, exchange);
    const record = await store.get(bucket, object, readNumber(query, "generation"));
    checkPreconditions(readPreconditions(query), record, "read");
    sendJson(response, 200, resource(record));
  };

  const copy = async (
    { bucket, object, toBucket, toObject }: Readonly<Record<"bucket" | "object" | "toBucket" | "toObject", string>>,
    { request, query }: Exchange,
  ): Promise<ObjectRecord> => {
    buckets.get(bucket);
    buckets.get(toBucket);
    const changes = readObjectFields(await readJsonObject(request));
    const source = await store.get(bucket, object, readNumber(query, "sourceGeneration"));
    checkPreconditions(readPreconditions(query, "ifSource"), source, "write");
    const staged = await store.stageCopy(bucket, object, source.generation);
    // A resource in the request replaces the source's fields, all but the content type.
    const isReplaced = Object.keys(changes).length > 0;
    const { contentType } = source.fields;
    const fields = isReplaced ? { ...(contentType !== undefined && { contentType }), ...changes } : source.fields;
    return store.commit(toBucket, toObject, staged, {
      fields,
      preconditions: readPreconditions(query),
      componentCount: source.componentCount,
    });
  };

  return [
    route("GET", "/b/:bucket/o", async ({ bucket }, { query, response }) => {
      buckets.get(bucket);
      const text = (name: string) => query.get(name) ?? "";
      const page = await listObjects(store, catalog, bucket, {
        prefix: text("prefix"),
        delimiter: text("delimiter"),
        startOffset: text("startOffset"),
        endOffset: text("endOffset"),
        matchGlob: text("matchGlob"),
        includeTrailingDelimiter: text("includeTrailingDelimiter") === "true",
        maxResults: Math.min(readNumber(query, "maxResults") || 1000, 1000),
        pageToken: text("pageToken"),
      });
      sendJson(response, 200, {
        kind: "storage#objects",
        ...(page.nextPageToken !== null && { nextPageToken: page.nextPageToken }),
        ...(page.prefixes.length > 0 && { prefixes: page.prefixes }),
        items: page.items.map(resource),
      });
    }),
    route("GET", "/b/:bucket/o/:object", read),
    route("GET", "/download/b/:bucket/o/:object", read),
    route("PATCH|PUT", "/b/:bucket/o/:object", async ({ bucket, object }, { request, response, query }) => {
      buckets.get(bucket);
      const patch = await readJsonObject(request);
      const record = await store.update(
        bucket,
        object,
        readNumber(query, "generation"),
        readPreconditions(query),
        (fields) => (request.method === "PUT" ? readObjectFields(patch) : patchObjectFields(fields, patch)),
      );
      sendJson(response, 200, resource(record));
    }),
    route("DELETE", "/b/:bucket/o/:object", async ({ bucket, object }, { query, response }) => {
      buckets.get(bucket);
      await store.delete(bucket, object, readNumber(query, "generation"), readPreconditions(query));
      response.writeHead(204).end();
    }),
    route("POST", "/b/:bucket/o/:object/compose", async ({ bucket, object }, { request, response, query }) => {
      buckets.get(bucket);
      const record = await composeObjects(
        store,
        bucket,
        object,
        await readJsonObject(request),
        readPreconditions(query),
      );
      sendJson(response, 200, resource(record));
    }),
    route("POST", "/b/:bucket/o/:object/copyTo/b/:toBucket/o/:toObject", async (names, exchange) => {
      sendJson(exchange.response, 200, resource(await copy(names, exchange)));
    }),
    route("POST", "/b/:bucket/o/:object/rewriteTo/b/:toBucket/o/:toObject", async (names, exchange) => {
      const record = await copy(names, exchange);
      sendJson(exchange.response, 200, {
        kind: "storage#rewriteResponse",
        totalBytesRewritten: String(record.size),
        objectSize: String(record.size),
        done: true,
        resource: resource(record),
      });
    }),
    route("POST", "/b/:bucket/o/:object/moveTo/o/:toObject", async ({ bucket, object, toObject }, exchange) => {
      const { query, response } = exchange;
      buckets.get(bucket);
      const source = {
        generation: readNumber(query, "sourceGeneration"),
        preconditions: readPreconditions(query, "ifSource"),
      };
      const record = await store.move(bucket, object, toObject, source, readPreconditions(query));
      sendJson(response, 200, resource(record));
    }),
  ];
}
