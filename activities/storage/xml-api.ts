import type { Storage } from "@google-cloud/storage";
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { encodeCrc32c } from "../clients/crc32c.ts";
import { BrokenAnswer, HttpError, sendForText } from "../clients/http.ts";
import type { Once } from "../clients/once.ts";
import { isFull, RangeClient, rangeError } from "../clients/range-client.ts";
import { parseObjectUri } from "./object-uri.ts";

/** A part that the service has. */
export interface SentPart {
  readonly number: number;
  readonly bytes: number;
  readonly etag: string;
}

export type Metadata = Readonly<Record<string, string>>;

/** To put parts together can take the service minutes. */
const completionSilence = 15 * 60_000;

/**
 * The requests of Cloud Storage that only the XML API has, or that take bytes from memory as they are. Each is one try:
 * `retrying` is the caller's. https://cloud.google.com/storage/docs/xml-api/reference-methods
 */
export class XmlApi {
  readonly #client: Once<Storage>;
  readonly #ranges = new RangeClient();

  constructor(client: Once<Storage>) {
    this.#client = client;
  }

  /** Writes an object in one request. Throws an `HttpError` of the status 412 when it has another generation than asked for. */
  async put(uri: string, content: Buffer, crc32c: number, options: PutOptions, signal: AbortSignal): Promise<void> {
    const headers = {
      ...metadataHeaders(options.metadata),
      "x-goog-hash": `crc32c=${encodeCrc32c(crc32c)}`,
      "x-goog-if-generation-match": options.ifGenerationMatch,
    };
    await this.#text("PUT", uri, "", { signal, headers, body: content });
  }

  /** Fills `target` from an object, from its byte `start` on. */
  async read(
    uri: string,
    start: number,
    target: Buffer,
    onBytes: (count: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const url = await this.#url(uri, "");
    const range = `bytes=${start}-${start + target.length - 1}`;
    const headers = { ...(await this.#authorization()), range, "accept-encoding": "identity" };
    const head = await this.#ranges.get({ url, headers, target, onBytes, signal });
    if (head.status >= 300) throw rangeError({ url }, head);
    const total = head.headers.get("content-range");
    if (head.status !== 206 || !total?.startsWith(`bytes ${start}-`) || !isFull(head, target)) {
      throw new BrokenAnswer(`Cloud Storage sent another range of ${uri} than it was asked for`);
    }
  }

  /** Begins a multipart upload, of which nothing is visible. https://cloud.google.com/storage/docs/multipart-uploads */
  async startUpload(uri: string, metadata: Metadata, signal: AbortSignal): Promise<string> {
    const headers = metadataHeaders(metadata);
    const { text } = await this.#text("POST", uri, "?uploads", { signal, headers });
    const id = parse(text)["InitiateMultipartUploadResult"]?.["UploadId"];
    if (typeof id !== "string") throw new BrokenAnswer(`Cloud Storage began an upload to ${uri} without an id`);
    return id;
  }

  /** The oldest unfinished upload to this very name; null when there is none. */
  async findUpload(uri: string, signal: AbortSignal): Promise<string | null> {
    const { bucket, name } = parseObjectUri(uri);
    const query = `?uploads&prefix=${encodeURIComponent(name)}`;
    const { text } = await this.#text("GET", `gs://${bucket}/`, query, { signal });
    const uploads = list(parse(text)["ListMultipartUploadsResult"]?.["Upload"]);
    const found = uploads.find((upload) => upload["Key"] === name)?.["UploadId"];
    return typeof found === "string" ? found : null;
  }

  /** What is there of an upload. Throws an `HttpError` of the status 404 when it is no more. */
  async sentParts(uri: string, id: string, signal: AbortSignal): Promise<SentPart[]> {
    const parts: SentPart[] = [];
    for (let marker: string | undefined = "0"; marker !== undefined; ) {
      const query = `?uploadId=${encodeURIComponent(id)}&part-number-marker=${marker}`;
      const { text } = await this.#text("GET", uri, query, { signal });
      const result: XmlNode = parse(text)["ListPartsResult"] ?? {};
      for (const part of list(result["Part"])) {
        parts.push({
          number: Number(part["PartNumber"]),
          bytes: Number(part["Size"]),
          etag: String(part["ETag"]),
        });
      }
      marker = result["IsTruncated"] === "true" ? String(result["NextPartNumberMarker"]) : undefined;
    }
    return parts;
  }

  /** The service keeps the part only if it has this checksum. */
  async sendPart(
    uri: string,
    id: string,
    number: number,
    content: Buffer,
    crc32c: number,
    signal: AbortSignal,
  ): Promise<SentPart> {
    const query = `?partNumber=${number}&uploadId=${encodeURIComponent(id)}`;
    const headers = { "x-goog-hash": `crc32c=${encodeCrc32c(crc32c)}` };
    const answer = await this.#text("PUT", uri, query, { signal, headers, body: content });
    const { etag } = answer.headers;
    if (etag === undefined) throw new BrokenAnswer(`Cloud Storage took part ${number} of ${uri} without an ETag`);
    return { number, bytes: content.length, etag };
  }

  /** Makes an object of the parts; what was under that name before is replaced. */
  async completeUpload(uri: string, id: string, parts: readonly SentPart[], signal: AbortSignal): Promise<void> {
    const Part = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
    const body = String(builder.build({ CompleteMultipartUpload: { Part } }));
    const options = { signal, body, headers: { "content-type": "application/xml" } };
    const { text } = await this.#text("POST", uri, `?uploadId=${encodeURIComponent(id)}`, {
      ...options,
      silenceMilliseconds: completionSilence,
    });
    // As in S3's API, an answer that began as a success may end as an error.
    if (text.includes("<Error>")) throw new HttpError(`${uri} was not completed: ${text}`, 500, "InternalError", null);
  }

  /** Takes an upload's parts away; nothing happens when it is no more. */
  async abortUpload(uri: string, id: string, signal: AbortSignal): Promise<void> {
    await this.#text("DELETE", uri, `?uploadId=${encodeURIComponent(id)}`, { signal, alsoFine: [404] });
  }

  async #text(
    method: string,
    uri: string,
    query: string,
    options: {
      readonly signal: AbortSignal;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Buffer | string;
      readonly silenceMilliseconds?: number;
      readonly alsoFine?: readonly number[];
    },
  ) {
    const { headers, alsoFine = [], ...rest } = options;
    const url = await this.#url(uri, query);
    const all = { ...(await this.#authorization()), ...headers };
    return sendForText({ method, url, headers: all, ...rest }, [200, 204, ...alsoFine]);
  }

  async #url(uri: string, query: string): Promise<URL> {
    const { bucket, name } = parseObjectUri(uri);
    const path = [bucket, ...name.split("/")].map(encodeURIComponent).join("/");
    return new URL(`${(await this.#client()).apiEndpoint}/${path.replace(/\/$/, "")}${query}`);
  }

  /** The client keeps its token until it expires. */
  async #authorization(): Promise<Record<string, string>> {
    const { customEndpoint, useAuthWithCustomEndpoint, authClient } = await this.#client();
    if (customEndpoint && !useAuthWithCustomEndpoint) return {};
    return Object.fromEntries(await authClient.getRequestHeaders());
  }
}

export interface PutOptions {
  readonly metadata: Metadata;
  /** 0: only if nothing is there. */
  readonly ifGenerationMatch: string;
}

function metadataHeaders(metadata: Metadata): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-goog-meta-${key}`, value])),
  };
}

type XmlNode = Readonly<Record<string, unknown>>;

const builder = new XMLBuilder();
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "Part" || name === "Upload" });

function parse(text: string): Readonly<Record<string, XmlNode | undefined>> {
  return parser.parse(text) as Record<string, XmlNode>;
}

function list(value: unknown): readonly XmlNode[] {
  return Array.isArray(value) ? (value as XmlNode[]) : [];
}
