import type { ServerResponse } from "node:http";
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { header, isRecord, readBytes } from "../http/body.ts";
import { type Exchange, type Route, route } from "../http/router.ts";
import type { BucketStore } from "./bucket-store.ts";
import type { ObjectFields, ObjectRecord } from "./catalog.ts";
import { checksumMismatch, parseGoogHash } from "./checksums.ts";
import { sendMedia } from "./download.ts";
import { StorageError, type StorageErrorCode } from "./errors.ts";
import { type MultipartUploads, mostParts } from "./multipart-uploads.ts";
import { checkObjectName } from "./object-names.ts";
import type { ObjectStore } from "./object-store.ts";
import { noPreconditions } from "./preconditions.ts";
import { discardStaged, stageFile } from "./staged-file.ts";

/** Reading, simple uploads and multipart uploads of the XML API. https://cloud.google.com/storage/docs/xml-api/reference-methods */
export function xmlRoutes(buckets: BucketStore, store: ObjectStore, uploads: MultipartUploads): readonly Route[] {
  return [
    route("GET", "/:bucket", ({ bucket }, exchange) =>
      answering(exchange, () => {
        buckets.get(bucket);
        if (!exchange.query.has("uploads")) throw new StorageError("INVALID", "Use the JSON API to list objects.");
        listUploads(uploads, bucket, exchange);
      }),
    ),
    route("GET|HEAD", "/:bucket/*object", ({ bucket, object }, exchange) => {
      const id = exchange.query.get("uploadId");
      if (id !== null) return answering(exchange, () => listParts(uploads, bucket, object, id, exchange));
      buckets.get(bucket);
      return sendMedia(store, bucket, object, exchange);
    }),
    route("POST", "/:bucket/*object", ({ bucket, object }, exchange) =>
      answering(exchange, async () => {
        buckets.get(bucket);
        const id = exchange.query.get("uploadId");
        if (id !== null) return complete(uploads, bucket, object, id, exchange);
        if (!exchange.query.has("uploads")) throw new StorageError("INVALID", "A POST to an object needs uploads.");
        checkObjectName(object);
        const UploadId = await uploads.start(bucket, object, readFields(exchange));
        sendXml(exchange.response, { InitiateMultipartUploadResult: { Bucket: bucket, Key: object, UploadId } });
      }),
    ),
    route("PUT", "/:bucket/*object", ({ bucket, object }, exchange) =>
      answering(exchange, async () => {
        buckets.get(bucket);
        const id = exchange.query.get("uploadId");
        if (id === null) return put(store, bucket, object, exchange);
        await receivePart(uploads, id, exchange);
      }),
    ),
    route("DELETE", "/:bucket/*object", ({ bucket }, exchange) =>
      answering(exchange, async () => {
        buckets.get(bucket);
        const id = exchange.query.get("uploadId");
        if (id === null) throw new StorageError("INVALID", "Use the JSON API to delete an object.");
        await uploads.abort(id);
        exchange.response.writeHead(204).end();
      }),
    ),
  ];
}

function listUploads(uploads: MultipartUploads, bucket: string, { query, response }: Exchange): void {
  const most = Number(query.get("max-uploads") ?? 1000);
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = query.get("upload-id-marker");
  const all = uploads.list(bucket, query.get("prefix") ?? "");
  const marked = all.findIndex(({ id }) => id === idMarker);
  const rest = marked >= 0 ? all.slice(marked + 1) : all.filter(({ name }) => name > keyMarker);
  const page = rest.slice(0, most);
  const last = page.at(-1);
  const isTruncated = page.length < rest.length;
  sendXml(response, {
    ListMultipartUploadsResult: {
      Bucket: bucket,
      MaxUploads: most,
      IsTruncated: isTruncated,
      ...(isTruncated && last && { NextKeyMarker: last.name, NextUploadIdMarker: last.id }),
      Upload: page.map(({ id, name, created }) => ({
        Key: name,
        UploadId: id,
        StorageClass: "STANDARD",
        Initiated: new Date(created).toISOString(),
      })),
    },
  });
}

function listParts(uploads: MultipartUploads, bucket: string, object: string, id: string, exchange: Exchange): void {
  const { query, response } = exchange;
  const most = Number(query.get("max-parts") ?? 1000);
  const marker = Number(query.get("part-number-marker") ?? 0);
  const rest = uploads.parts(id).filter(({ number }) => number > marker);
  const page = rest.slice(0, most);
  const isTruncated = page.length < rest.length;
  sendXml(response, {
    ListPartsResult: {
      Bucket: bucket,
      Key: object,
      UploadId: id,
      StorageClass: "STANDARD",
      PartNumberMarker: marker,
      MaxParts: most,
      IsTruncated: isTruncated,
      ...(isTruncated && { NextPartNumberMarker: page.at(-1)?.number }),
      Part: page.map(({ number, modified, etag, size }) => ({
        PartNumber: number,
        LastModified: new Date(modified).toISOString(),
        ETag: etag,
        Size: size,
      })),
    },
  });
}

async function receivePart(uploads: MultipartUploads, id: string, { request, response, query }: Exchange) {
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > mostParts) {
    throw new StorageError("INVALID", `Part number must be an integer between 1 and ${mostParts}, inclusive.`);
  }
  const length = header(request, "content-length");
  const claimed = parseGoogHash(header(request, "x-goog-hash"));
  const expected = { crc32c: claimed.crc32c, md5: claimed.md5 ?? header(request, "content-md5") ?? null };
  const part = await uploads.receive(id, number, length === undefined ? null : Number(length), expected, request);
  response.writeHead(200, { etag: part.etag, "x-goog-hash": `crc32c=${part.crc32c}`, "content-length": 0 }).end();
}

async function complete(uploads: MultipartUploads, bucket: string, object: string, id: string, exchange: Exchange) {
  const body: unknown = parser.parse(await readBytes(exchange.request));
  const root = isRecord(body) ? body["CompleteMultipartUpload"] : undefined;
  const parts = isRecord(root) && Array.isArray(root["Part"]) ? root["Part"] : [];
  const chosen = parts.map((part: unknown) => {
    if (!isRecord(part)) throw new StorageError("INVALID", "A part has no number or no ETag.");
    return { number: Number(part["PartNumber"]), etag: String(part["ETag"]) };
  });
  const record = await uploads.complete(id, chosen);
  exchange.response.setHeader("x-goog-generation", record.generation);
  exchange.response.setHeader("x-goog-hash", `crc32c=${record.crc32c}`);
  const ETag = `"${record.generation}"`;
  sendXml(exchange.response, { CompleteMultipartUploadResult: { Bucket: bucket, Key: object, ETag } });
}

/** https://cloud.google.com/storage/docs/xml-api/put-object-upload */
async function put(store: ObjectStore, bucket: string, name: string, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const condition = header(request, "x-goog-if-generation-match");
  const preconditions = { ...noPreconditions, generationMatch: condition === undefined ? null : Number(condition) };
  const fields = readFields(exchange);
  const staged = await stageFile(store.folders.staging, request);
  const claimed = parseGoogHash(header(request, "x-goog-hash"));
  const mismatch = checksumMismatch(claimed, staged.checksums);
  if (mismatch !== undefined) {
    await discardStaged(staged.path);
    throw new StorageError("BAD_DIGEST", mismatch);
  }
  const record: ObjectRecord = await store.commit(bucket, name, staged, {
    fields,
    preconditions,
    componentCount: null,
  });
  response.writeHead(200, {
    etag: `"${record.md5}"`,
    "x-goog-generation": record.generation,
    "x-goog-hash": `crc32c=${record.crc32c},md5=${record.md5}`,
    "content-length": 0,
  });
  response.end();
}

function readFields({ request }: Exchange): ObjectFields {
  const metadata = Object.keys(request.headers).flatMap((name) =>
    name.startsWith("x-goog-meta-") ? [[name.slice("x-goog-meta-".length), header(request, name) ?? ""]] : [],
  );
  const contentType = header(request, "content-type");
  return {
    ...(contentType !== undefined && { contentType }),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  };
}

/** As the XML API calls its errors. https://cloud.google.com/storage/docs/xml-api/reference-status */
const errorCodes: Readonly<Record<StorageErrorCode, string>> = {
  NOT_FOUND: "NoSuchKey",
  PRECONDITION_FAILED: "PreconditionFailed",
  NOT_MODIFIED: "NotModified",
  CONFLICT: "BucketAlreadyExists",
  INVALID: "InvalidArgument",
  RANGE_NOT_SATISFIABLE: "InvalidRange",
  UPLOAD_GONE: "NoSuchUpload",
  NO_SUCH_UPLOAD: "NoSuchUpload",
  BAD_DIGEST: "BadDigest",
  INVALID_PART: "InvalidPart",
  ENTITY_TOO_SMALL: "EntityTooSmall",
};

async function answering({ request, response }: Exchange, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StorageError) || response.headersSent || request.errored) throw error;
    // A client reads the answer only once its whole body was taken.
    request.resume();
    response.statusCode = error.status;
    sendXml(response, { Error: { Code: errorCodes[error.code], Message: error.message, Details: error.message } });
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
// Python's client asks for this very namespace.
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
const builder = new XMLBuilder({ ignoreAttributes: false });
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "Part" });

function sendXml(response: ServerResponse, document: Readonly<Record<string, object>>): void {
  const named = Object.entries(document).map(([root, content]) => [
    root,
    root === "Error" ? content : { "@_xmlns": namespace, ...content },
  ]);
  const text = declaration + String(builder.build(Object.fromEntries(named)));
  response.setHeader("content-type", "application/xml; charset=UTF-8");
  response.setHeader("content-length", Buffer.byteLength(text));
  response.end(text);
}
