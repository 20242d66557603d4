import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32c } from "@node-rs/crc32";
import type { Clock } from "../clock.ts";
import { release } from "../http/release.ts";
import type { Catalog, MultipartRecord, ObjectFields, ObjectRecord, PartRecord } from "./catalog.ts";
import { checksumMismatch, combineCrc32c, decodeCrc32c, type ExpectedChecksums, encodeCrc32c } from "./checksums.ts";
import { StorageError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { noPreconditions } from "./preconditions.ts";
import { discardStaged, fingerprintOf, type StagedFile, stageFile } from "./staged-file.ts";

/** https://cloud.google.com/storage/quotas#requests */
export const mostParts = 10_000;
const leastPartBytes = 5 * 1024 * 1024;
/** Written at once. */
const writeBytes = 1024 * 1024;

/** Where a part's bytes go. */
interface Place {
  /** Of the staging folder. */
  readonly file: string;
  readonly offset: number;
  /** The file is this part's alone. */
  readonly isOwn: boolean;
}

interface Activity {
  /** Numbers of the parts that are written into the upload's own file now. */
  readonly writing: Set<number>;
  completing: boolean;
}

/**
 * Uploads whose parts come in any order, several at a time. Parts of one size, all but the last, are written where
 * they will stand in the object, so that completing the upload is a rename; any others are copied together then.
 * https://cloud.google.com/storage/docs/multipart-uploads
 */
export class MultipartUploads {
  readonly #catalog: Catalog;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #activities = new Map<string, Activity>();

  constructor(catalog: Catalog, store: ObjectStore, clock: Clock) {
    this.#catalog = catalog;
    this.#store = store;
    this.#clock = clock;
  }

  async start(bucket: string, name: string, fields: ObjectFields): Promise<string> {
    const id = randomUUID();
    const handle = await open(this.#path(fileOf(id)), "wx");
    await handle.close();
    this.#catalog.putMultipart({ id, bucket, name, fields, slot: null, created: this.#clock.now() });
    return id;
  }

  /** Those of a bucket whose object's name begins with `prefix`. */
  list(bucket: string, prefix: string): MultipartRecord[] {
    return this.#catalog.multiparts(bucket).filter(({ name }) => name.startsWith(prefix));
  }

  /** In their order. Throws NO_SUCH_UPLOAD. */
  parts(id: string): PartRecord[] {
    this.#get(id);
    return this.#catalog.parts(id);
  }

  /** `bytes` is what the request announces; null when it does not. What breaks or has another checksum is no part. */
  async receive(
    id: string,
    number: number,
    bytes: number | null,
    expected: ExpectedChecksums,
    chunks: AsyncIterable<Buffer>,
  ): Promise<PartRecord> {
    const place = this.#reserve(id, number, bytes);
    try {
      const { size, crc, md5 } = await this.#write(place, expected.md5 !== null, chunks);
      const checksums = { crc32c: encodeCrc32c(crc), md5 };
      const mismatch = checksumMismatch(expected, checksums);
      if (mismatch !== undefined) throw new StorageError("BAD_DIGEST", mismatch);
      // It may have been aborted meanwhile.
      this.#get(id);
      const before = this.#catalog.part(id, number);
      const etag = `"${randomUUID().replaceAll("-", "")}"`;
      const { file, offset } = place;
      const modified = this.#clock.now();
      const part = { upload: id, number, file, offset, size, crc32c: checksums.crc32c, etag, modified };
      this.#catalog.putPart(part);
      if (before !== undefined && before.file !== fileOf(id)) await discardStaged(this.#path(before.file));
      return part;
    } catch (error) {
      if (place.isOwn) await discardStaged(this.#path(place.file));
      throw error;
    } finally {
      if (!place.isOwn) this.#activities.get(id)?.writing.delete(number);
    }
  }

  /** Makes an object of the parts named, in that order. */
  async complete(
    id: string,
    chosen: readonly { readonly number: number; readonly etag: string }[],
  ): Promise<ObjectRecord> {
    const upload = this.#get(id);
    const parts = this.#choose(id, chosen);
    const activity = this.#activity(id);
    activity.completing = true;
    try {
      const staged = await this.#stage(upload, parts, activity.writing.size === 0);
      const object = { fields: upload.fields, preconditions: noPreconditions, componentCount: null };
      const record = await this.#store.commit(upload.bucket, upload.name, staged, object);
      await this.#forget(id);
      return record;
    } finally {
      activity.completing = false;
    }
  }

  async abort(id: string): Promise<void> {
    this.#get(id);
    await this.#forget(id);
  }

  #get(id: string): MultipartRecord {
    const record = this.#catalog.multipart(id);
    if (record === undefined || this.#activities.get(id)?.completing) {
      throw new StorageError("NO_SUCH_UPLOAD", "The requested upload was not found.");
    }
    return record;
  }

  #activity(id: string): Activity {
    const activity = this.#activities.get(id) ?? { writing: new Set(), completing: false };
    this.#activities.set(id, activity);
    return activity;
  }

  /** A place in the upload's own file, or a file of its own where that one is taken or does not fit. */
  #reserve(id: string, number: number, bytes: number | null): Place {
    const upload = this.#get(id);
    const slot = upload.slot ?? bytes;
    if (upload.slot === null && slot !== null) this.#catalog.putMultipart({ ...upload, slot });
    const { writing } = this.#activity(id);
    const isFree = !writing.has(number) && this.#catalog.part(id, number) === undefined;
    if (slot === null || bytes === null || bytes > slot || !isFree) {
      return { file: `${fileOf(id)}-${randomUUID()}`, offset: 0, isOwn: true };
    }
    writing.add(number);
    return { file: fileOf(id), offset: (number - 1) * slot, isOwn: false };
  }

  async #write(
    { file, offset, isOwn }: Place,
    withMd5: boolean,
    chunks: AsyncIterable<Buffer>,
  ): Promise<{ size: number; crc: number; md5: string | null }> {
    const md5 = withMd5 ? createHash("md5") : null;
    let crc = 0;
    let size = 0;
    const handle = await open(this.#path(file), isOwn ? "wx" : "r+");
    try {
      for await (const buffers of gathered(chunks)) {
        await writeAll(handle, buffers, offset + size);
        for (const buffer of buffers) {
          crc = crc32c(buffer, crc);
          md5?.update(buffer);
          size += buffer.length;
          release(buffer);
        }
      }
    } finally {
      await handle.close();
    }
    return { size, crc, md5: md5?.digest("base64") ?? null };
  }

  #choose(id: string, chosen: readonly { readonly number: number; readonly etag: string }[]): PartRecord[] {
    const invalid = () =>
      new StorageError("INVALID_PART", "One or more of the specified parts could not be found, or is out of order.");
    const parts = chosen.map(({ number, etag }, index) => {
      const part = this.#catalog.part(id, number);
      const isNext = number > (chosen[index - 1]?.number ?? 0);
      if (part === undefined || !isNext || unquoted(part.etag) !== unquoted(etag)) throw invalid();
      return part;
    });
    if (parts.length === 0) throw invalid();
    if (parts.slice(0, -1).some(({ size }) => size < leastPartBytes)) {
      throw new StorageError("ENTITY_TOO_SMALL", "Your proposed upload is smaller than the minimum allowed size.");
    }
    return parts;
  }

  async #stage({ id }: MultipartRecord, parts: readonly PartRecord[], isQuiet: boolean): Promise<StagedFile> {
    let bytes = 0;
    let crc = 0;
    let inPlace = isQuiet;
    for (const part of parts) {
      inPlace &&= part.file === fileOf(id) && part.offset === bytes;
      bytes += part.size;
      crc = combineCrc32c(crc, decodeCrc32c(part.crc32c), part.size);
    }
    const checksums = { crc32c: encodeCrc32c(crc), md5: null };
    if (!inPlace) return { ...(await stageFile(this.#store.folders.staging, this.#read(parts))), checksums };
    const path = this.#path(fileOf(id));
    const handle = await open(path, "r+");
    try {
      await handle.truncate(bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return { path, bytes, checksums, fingerprint: fingerprintOf(await stat(path, { bigint: true })) };
  }

  async *#read(parts: readonly PartRecord[]): AsyncGenerator<Buffer> {
    for (const { file, offset, size } of parts) {
      if (size > 0) yield* createReadStream(this.#path(file), { start: offset, end: offset + size - 1 });
    }
  }

  async #forget(id: string): Promise<void> {
    const files = this.#catalog.parts(id).map(({ file }) => file);
    this.#catalog.deleteMultipart(id);
    this.#activities.delete(id);
    for (const file of new Set([fileOf(id), ...files])) await rm(this.#path(file), { force: true });
  }

  #path(file: string): string {
    return join(this.#store.folders.staging, file);
  }
}

function fileOf(id: string): string {
  return `parts-${id}`;
}

/** The upload that a file of the staging folder belongs to; undefined for another's. */
export function uploadOfFile(name: string): string | undefined {
  return /^parts-([0-9a-f-]{36})/.exec(name)?.[1];
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}

async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let buffers: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    buffers.push(chunk);
    bytes += chunk.length;
    if (bytes < writeBytes) continue;
    yield buffers;
    buffers = [];
    bytes = 0;
  }
  if (buffers.length > 0) yield buffers;
}

async function writeAll(handle: FileHandle, buffers: readonly Buffer[], position: number): Promise<void> {
  let at = position;
  for (let rest = [...buffers]; rest.length > 0; ) {
    let { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    while (rest[0] !== undefined && bytesWritten >= rest[0].length) bytesWritten -= rest.shift()?.length ?? 0;
    if (rest[0] !== undefined && bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
  }
}
