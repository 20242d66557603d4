import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { header } from "../http/body.ts";
import { parseByteRange } from "../http/byte-range.ts";
import type { Exchange } from "../http/router.ts";
import { sendRange } from "../http/send-range.ts";
import type { ObjectRecord } from "./catalog.ts";
import { StorageError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { checkPreconditions, readNumber, readPreconditions } from "./preconditions.ts";
import { objectEtag } from "./resources.ts";

/** An object's bytes, or a range of them. https://cloud.google.com/storage/docs/json_api/v1/objects/get */
export async function sendMedia(store: ObjectStore, bucket: string, name: string, exchange: Exchange): Promise<void> {
  const { request, response, query } = exchange;
  const { record, handle } = await store.open(bucket, name, readNumber(query, "generation"));
  try {
    checkPreconditions(readPreconditions(query), record, "read");
    const headers = mediaHeaders(record);
    if (record.fields.contentEncoding === "gzip" && !header(request, "accept-encoding")?.includes("gzip")) {
      // The client cannot read gzip: it gets the plain bytes, whose length and hash nobody knows beforehand.
      const { "content-encoding": _, "x-goog-hash": __, ...plain } = headers;
      response.writeHead(200, { ...plain, warning: "214 UploadServer gunzipped" });
      await pipeline(handle.createReadStream({ start: 0, autoClose: false }), createGunzip(), response);
      return;
    }
    const range = parseByteRange(header(request, "range"), record.size);
    if (range === "unsatisfiable") {
      response.setHeader("content-range", `bytes */${record.size}`);
      throw new StorageError("RANGE_NOT_SATISFIABLE", "The requested range cannot be satisfied.");
    }
    const { start, end } = range ?? { start: 0, end: record.size - 1 };
    response.writeHead(range ? 206 : 200, {
      ...headers,
      "content-length": end - start + 1,
      ...(range && { "content-range": `bytes ${start}-${end}/${record.size}` }),
    });
    if (request.method === "HEAD" || end < start) response.end();
    else await sendRange(handle, { start, end }, response);
  } finally {
    await handle.close();
  }
}

function mediaHeaders(record: ObjectRecord): Record<string, string> {
  const { fields } = record;
  const hashes = [`crc32c=${record.crc32c}`, ...(record.md5 === null ? [] : [`md5=${record.md5}`])];
  return {
    "accept-ranges": "bytes",
    "content-type": fields.contentType ?? "application/octet-stream",
    etag: `"${objectEtag(record)}"`,
    "last-modified": new Date(record.updated).toUTCString(),
    "x-goog-generation": String(record.generation),
    "x-goog-metageneration": String(record.metageneration),
    "x-goog-hash": hashes.join(","),
    "x-goog-storage-class": "STANDARD",
    "x-goog-stored-content-encoding": fields.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(record.size),
    ...(fields.contentEncoding !== undefined && { "content-encoding": fields.contentEncoding }),
    ...(fields.contentDisposition !== undefined && { "content-disposition": fields.contentDisposition }),
    ...(fields.contentLanguage !== undefined && { "content-language": fields.contentLanguage }),
    ...(fields.cacheControl !== undefined && { "cache-control": fields.cacheControl }),
  };
}
