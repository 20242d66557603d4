import type { IncomingMessage } from "node:http";
import { header, readJsonObject, sendJson } from "../http/body.ts";
import { type Exchange, type Route, route } from "../http/router.ts";
import type { BucketStore } from "./bucket-store.ts";
import type { ObjectFields, ObjectRecord } from "./catalog.ts";
import { checksumMismatch, type ExpectedChecksums, parseGoogHash } from "./checksums.ts";
import { StorageError } from "./errors.ts";
import { readMultipartRelated } from "./multipart-related.ts";
import { checkObjectName } from "./object-names.ts";
import type { ObjectStore } from "./object-store.ts";
import { checkPreconditions, readPreconditions } from "./preconditions.ts";
import { objectResource, readObjectFields } from "./resources.ts";
import { parseUploadRange, type ResumableUploads, type UploadStatus } from "./resumable-uploads.ts";
import { discardStaged, stageFile } from "./staged-file.ts";

/** https://cloud.google.com/storage/docs/json_api/v1/objects/insert */
export function uploadRoutes(
  buckets: BucketStore,
  store: ObjectStore,
  uploads: ResumableUploads,
  baseUrl: () => string,
): readonly Route[] {
  return [
    route("POST", "/upload/b/:bucket/o", async ({ bucket }, exchange) => {
      const { query, response } = exchange;
      if (query.has("upload_id")) return resume(exchange);
      buckets.get(bucket);
      const uploadType = query.get("uploadType");
      if (uploadType === "resumable") return startResumable(bucket, exchange);
      if (uploadType !== "media" && uploadType !== "multipart") {
        throw new StorageError("INVALID", `Invalid value for uploadType: ${uploadType}`);
      }
      const record = await (uploadType === "media" ? simple(bucket, exchange) : multipart(bucket, exchange));
      sendJson(response, 200, objectResource(record, baseUrl()));
    }),
    route("PUT", "/upload/b/:bucket/o", (_, exchange) => resume(exchange)),
    route("DELETE", "/upload/b/:bucket/o", async (_, { query, response }) => {
      await uploads.cancel(query.get("upload_id") ?? "");
      // Google's own number for "cancelled by the client".
      response.writeHead(499, { "content-length": 0 }).end();
    }),
  ];

  function simple(bucket: string, { request, query }: Exchange): Promise<ObjectRecord> {
    const fields = withContentType({}, request, query);
    return insert(bucket, query.get("name"), fields, claimedChecksums(request), query, request);
  }

  async function multipart(bucket: string, { request, query }: Exchange): Promise<ObjectRecord> {
    const { resource, contentType, media } = await readMultipartRelated(header(request, "content-type"), request);
    const fields = { ...(contentType !== null && { contentType }), ...readObjectFields(resource) };
    const claimed = mergeChecksums(claimedChecksums(request), resourceChecksums(resource));
    return insert(bucket, query.get("name") ?? resource["name"], withEncoding(fields, query), claimed, query, media);
  }

  async function insert(
    bucket: string,
    name: unknown,
    fields: ObjectFields,
    claimed: ExpectedChecksums,
    query: URLSearchParams,
    chunks: AsyncIterable<Buffer>,
  ): Promise<ObjectRecord> {
    const preconditions = readPreconditions(query);
    const object = requireName(name);
    const staged = await stageFile(store.folders.staging, chunks);
    const mismatch = checksumMismatch(claimed, staged.checksums);
    if (mismatch !== undefined) {
      await discardStaged(staged.path);
      throw new StorageError("INVALID", mismatch);
    }
    return store.commit(bucket, object, staged, { fields, preconditions, componentCount: null });
  }

  async function startResumable(bucket: string, { request, response, query }: Exchange): Promise<void> {
    const resource = await readJsonObject(request);
    const name = requireName(query.get("name") ?? resource["name"]);
    const preconditions = readPreconditions(query);
    checkPreconditions(preconditions, await store.find(bucket, name), "write");
    const contentType = header(request, "x-upload-content-type");
    const length = header(request, "x-upload-content-length");
    const id = uploads.start(bucket, name, {
      fields: withEncoding({ ...(contentType !== undefined && { contentType }), ...readObjectFields(resource) }, query),
      preconditions,
      expected: mergeChecksums(parseGoogHash(header(request, "x-goog-hash")), resourceChecksums(resource)),
      total: length === undefined ? null : Number(length),
    });
    const location = `${baseUrl()}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
    response.writeHead(200, { location, "x-guploader-uploadid": id, "content-length": 0 }).end();
  }

  async function resume({ request, response, query }: Exchange): Promise<void> {
    const range = parseUploadRange(header(request, "content-range"));
    const claimed = parseGoogHash(header(request, "x-goog-hash"));
    const status = await uploads.receive(query.get("upload_id") ?? "", range, claimed, request);
    sendStatus(status, response);
  }

  function sendStatus(status: UploadStatus, response: Exchange["response"]): void {
    if (status.state === "complete") {
      sendJson(response, 200, objectResource(status.record, baseUrl()));
      return;
    }
    // "Resume Incomplete"; no Range at all while nothing has arrived.
    const range = status.received > 0 ? { range: `bytes=0-${status.received - 1}` } : {};
    response.writeHead(308, { ...range, "content-length": 0 }).end();
  }
}

function requireName(name: unknown): string {
  if (typeof name !== "string") throw new StorageError("INVALID", "Required parameter: name");
  checkObjectName(name);
  return name;
}

function withContentType(fields: ObjectFields, request: IncomingMessage, query: URLSearchParams): ObjectFields {
  const contentType = header(request, "content-type");
  return withEncoding({ ...fields, ...(contentType !== undefined && { contentType }) }, query);
}

function withEncoding(fields: ObjectFields, query: URLSearchParams): ObjectFields {
  const contentEncoding = query.get("contentEncoding");
  return contentEncoding === null ? fields : { ...fields, contentEncoding };
}

function claimedChecksums(request: IncomingMessage): ExpectedChecksums {
  const md5 = header(request, "content-md5") ?? null;
  return mergeChecksums(parseGoogHash(header(request, "x-goog-hash")), { crc32c: null, md5 });
}

function resourceChecksums(resource: Readonly<Record<string, unknown>>): ExpectedChecksums {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return { crc32c: text(resource["crc32c"]), md5: text(resource["md5Hash"]) };
}

function mergeChecksums(first: ExpectedChecksums, second: ExpectedChecksums): ExpectedChecksums {
  return { crc32c: first.crc32c ?? second.crc32c, md5: first.md5 ?? second.md5 };
}
