import { readJsonObject, sendJson } from "../http/body.ts";
import { type Route, route } from "../http/router.ts";
import type { BucketStore } from "./bucket-store.ts";
import { StorageError } from "./errors.ts";
import { checkPreconditions, readPreconditions } from "./preconditions.ts";
import { bucketResource } from "./resources.ts";

/** https://cloud.google.com/storage/docs/json_api/v1/buckets */
export function bucketRoutes(buckets: BucketStore, baseUrl: () => string): readonly Route[] {
  const resource = (record: Parameters<typeof bucketResource>[0]) => bucketResource(record, baseUrl());
  return [
    route("GET", "/b", (_, { query, response }) => {
      const items = buckets.list(query.get("prefix") ?? "").map(resource);
      sendJson(response, 200, { kind: "storage#buckets", items });
    }),
    route("POST", "/b", async (_, { request, response }) => {
      const { name, ...fields } = await readJsonObject(request);
      if (typeof name !== "string") throw new StorageError("INVALID", "Required parameter: name");
      sendJson(response, 200, resource(await buckets.create(name, fields)));
    }),
    route("GET", "/b/:bucket", ({ bucket }, { query, response }) => {
      const record = buckets.get(bucket);
      checkPreconditions(readPreconditions(query), { generation: 0, metageneration: record.metageneration }, "read");
      sendJson(response, 200, resource(record));
    }),
    route("PATCH|PUT", "/b/:bucket", async ({ bucket }, { request, response, query }) => {
      const patch = await readJsonObject(request);
      const record = buckets.update(bucket, readPreconditions(query), (fields) =>
        request.method === "PUT" ? patch : mergePatch(fields, patch),
      );
      sendJson(response, 200, resource(record));
    }),
    route("DELETE", "/b/:bucket", async ({ bucket }, { query, response }) => {
      await buckets.delete(bucket, readPreconditions(query));
      response.writeHead(204).end();
    }),
  ];
}

function mergePatch(
  fields: Readonly<Record<string, unknown>>,
  patch: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries({ ...fields, ...patch }).filter(([, value]) => value !== null));
}
