import { createReadStream, createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { File, Storage } from "@google-cloud/storage";
import type { Once } from "../clients/once.ts";
import { UserError } from "../errors.ts";
import { httpStatus } from "../http-status.ts";
import { joinUri, parseObjectUri } from "./object-uri.ts";
import type { ByteSource } from "./transfer.ts";
import { XmlApi } from "./xml-api.ts";

export interface StoredObject {
  readonly uri: string;
  readonly bytes: number;
  /** Base64, big-endian, as Cloud Storage gives it; null for composed or encrypted objects without one. */
  readonly crc32c: string | null;
  readonly generation: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only if the object has this generation; 0: only if it is not there. */
  readonly ifGenerationMatch?: string | number;
}

export interface StreamOptions extends WriteOptions {
  readonly signal?: AbortSignal;
}

/** Above this size an upload is worth being resumable. */
const resumableBytes = 8 * 1024 * 1024;

/** Cloud Storage by address. Checksums are compared on every transfer; a broken one throws. */
export class ObjectStore {
  readonly #client: Once<Storage>;
  /** For what is sent in parts, or from memory. */
  readonly xml: XmlApi;

  constructor(client: Once<Storage>) {
    this.#client = client;
    this.xml = new XmlApi(client);
  }

  /** Null when nothing is there. */
  async stat(uri: string): Promise<StoredObject | null> {
    const file = await this.#file(uri);
    return orNull(async () => toStored(uri, (await file.getMetadata())[0]));
  }

  async readText(uri: string): Promise<string | null> {
    const file = await this.#file(uri);
    return orNull(async () => (await file.download())[0].toString("utf8"));
  }

  /** Throws `NotFound` when nothing is there. */
  async readExisting(uri: string): Promise<string> {
    const text = await this.readText(uri);
    if (text === null) throw new UserError("NotFound", `there is no object ${uri}`);
    return text;
  }

  /** False when a precondition of the options did not hold, and nothing was written. */
  async writeText(uri: string, text: string, options: WriteOptions = {}): Promise<boolean> {
    const file = await this.#file(uri);
    try {
      await file.save(text, { resumable: false, validation: "crc32c", ...saveOptions(options) });
      return true;
    } catch (error) {
      if (httpStatus(error) === 412) return false;
      throw error;
    }
  }

  /** Streams into an object; memory use does not depend on the size. */
  async writeStream(uri: string, source: Readable, bytes: number, options: StreamOptions = {}): Promise<void> {
    const file = await this.#file(uri);
    const { signal } = options;
    const target = file.createWriteStream({
      resumable: bytes > resumableBytes,
      validation: "crc32c",
      ...saveOptions(options),
    });
    await pipeline(source, target, signal ? { signal } : {});
  }

  async upload(path: string, uri: string, bytes: number, options: StreamOptions = {}): Promise<void> {
    await this.writeStream(uri, createReadStream(path), bytes, options);
  }

  /** Throws `NotFound` when nothing is there. */
  async download(uri: string, path: string, signal?: AbortSignal): Promise<void> {
    const file = await this.#file(uri);
    await mkdir(dirname(path), { recursive: true });
    try {
      const source = file.createReadStream({ validation: "crc32c" });
      await pipeline(source, createWriteStream(path), signal ? { signal } : {});
    } catch (error) {
      if (httpStatus(error) === 404) throw new UserError("NotFound", `there is no object ${uri}`, [], error);
      throw error;
    }
  }

  /** An object whose size is known, and its sha256 (hex) or crc32c (base64), to be read in ranges. Reads of one that is not there throw `NotFound`. */
  source(uri: string, bytes: number, checksum: string | undefined): ByteSource {
    const read: ByteSource["read"] = async (start, target, onBytes, signal) => {
      try {
        await this.xml.read(uri, start, target, onBytes, signal);
      } catch (error) {
        if (httpStatus(error) === 404) throw new UserError("NotFound", `there is no object ${uri}`, [], error);
        throw error;
      }
    };
    return { name: uri, bytes, oid: checksum, read };
  }

  /** Every object under a folder; `matchGlob` is relative to the bucket. */
  async list(folder: string, matchGlob?: string): Promise<StoredObject[]> {
    const { bucket, name } = parseObjectUri(joinUri(folder, ""));
    const storage = await this.#client();
    const [files] = await storage
      .bucket(bucket)
      .getFiles({ prefix: name, ...(matchGlob === undefined ? {} : { matchGlob }) });
    return files.map((file) => toStored(`gs://${bucket}/${file.name}`, file.metadata));
  }

  async delete(uri: string): Promise<void> {
    const file = await this.#file(uri);
    await file.delete({ ignoreNotFound: true });
  }

  /**
   * Gives an object another name in its bucket, in one step; `replaces` is the generation of what is there, `"0"` for
   * nothing. https://cloud.google.com/storage/docs/json_api/v1/objects/move
   */
  async move(from: string, to: string, replaces: string): Promise<void> {
    const file = await this.#file(from);
    await file.moveFileAtomic(parseObjectUri(to).name, { preconditionOpts: { ifGenerationMatch: replaces } });
  }

  async #file(uri: string): Promise<File> {
    const { bucket, name } = parseObjectUri(uri);
    return (await this.#client()).bucket(bucket).file(name);
  }
}

function saveOptions({ contentType, metadata, ifGenerationMatch }: WriteOptions) {
  return {
    metadata: {
      ...(contentType === undefined ? {} : { contentType }),
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    },
    ...(ifGenerationMatch === undefined ? {} : { preconditionOpts: { ifGenerationMatch } }),
  };
}

function toStored(uri: string, metadata: File["metadata"]): StoredObject {
  return {
    uri,
    bytes: Number(metadata.size ?? 0),
    crc32c: metadata.crc32c ?? null,
    generation: String(metadata.generation ?? ""),
    metadata: Object.fromEntries(Object.entries(metadata.metadata ?? {}).map(([key, value]) => [key, String(value)])),
  };
}

async function orNull<Value>(read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    if (httpStatus(error) === 404) return null;
    throw error;
  }
}
