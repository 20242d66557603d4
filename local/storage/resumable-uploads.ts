import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { Catalog, ObjectFields, ObjectRecord } from "./catalog.ts";
import { ChecksumStream, checksumMismatch, type ExpectedChecksums } from "./checksums.ts";
import { StorageError } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { Preconditions } from "./preconditions.ts";
import { appendChunks, describeStaged, discardStaged } from "./staged-file.ts";

/** What an upload becomes once all of it is there. */
export interface UploadRequest {
  readonly fields: ObjectFields;
  readonly preconditions: Preconditions;
  readonly expected: ExpectedChecksums;
  /** `X-Upload-Content-Length`; null when the client did not say. */
  readonly total: number | null;
}

/** `Content-Range` of one request: where its bytes begin (null: it only asks), and the whole size when it is known. */
export interface UploadRange {
  readonly start: number | null;
  /** Inclusive; null for `*`, to the end of the body. */
  readonly end: number | null;
  readonly total: number | null;
}

export type UploadStatus =
  | { readonly state: "complete"; readonly record: ObjectRecord }
  | { readonly state: "incomplete"; readonly received: number };

const mostFinished = 1000;

interface Session {
  readonly checksums: ChecksumStream;
  /** Ends the request that writes now; resolves when it has stopped. */
  stop: (() => Promise<void>) | null;
}

/**
 * Resumable uploads. Bytes that arrived are kept whatever happens to the connection or to this process; an object
 * appears only when the whole announced size is there and its checksums hold.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export class ResumableUploads {
  readonly #catalog: Catalog;
  readonly #store: ObjectStore;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  /** So that a client whose answer got lost learns that it had succeeded. */
  readonly #finished = new Map<string, ObjectRecord>();

  constructor(catalog: Catalog, store: ObjectStore, clock: Clock) {
    this.#catalog = catalog;
    this.#store = store;
    this.#clock = clock;
  }

  start(bucket: string, name: string, request: UploadRequest): string {
    const id = randomUUID();
    this.#catalog.putUpload({ id, bucket, name, request: { ...request }, created: this.#clock.now() });
    return id;
  }

  /** Takes one request's bytes. A later request ends an earlier one of the same upload that still hangs. */
  async receive(
    id: string,
    range: UploadRange,
    claimed: ExpectedChecksums,
    body: AsyncIterable<Buffer> & { destroy(): unknown },
  ): Promise<UploadStatus> {
    const finished = this.#finished.get(id);
    if (finished !== undefined) return { state: "complete", record: finished };
    const session = await this.#session(id);
    await session.stop?.();
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    session.stop = () => {
      body.destroy();
      return stopped;
    };
    try {
      return await this.#receive(id, session, range, claimed, body);
    } finally {
      session.stop = null;
      resolve();
    }
  }

  async cancel(id: string): Promise<void> {
    const session = await this.#session(id);
    await session.stop?.();
    this.#forget(id);
    await discardStaged(this.#path(id));
  }

  async #receive(
    id: string,
    session: Session,
    range: UploadRange,
    claimed: ExpectedChecksums,
    body: AsyncIterable<Buffer>,
  ): Promise<UploadStatus> {
    const { bucket, name, request } = this.#record(id);
    const { checksums } = session;
    if (range.start !== null) {
      // A gap cannot be filled: the client is told what there is, and goes on from there.
      if (range.start > checksums.bytes) return { state: "incomplete", received: checksums.bytes };
      const handle = await open(this.#path(id), "a");
      try {
        await appendChunks(handle, dropFirst(body, checksums.bytes - range.start), checksums);
      } finally {
        // Whatever a failing disk took beyond what was counted goes.
        await handle.truncate(checksums.bytes);
        await handle.datasync();
        await handle.close();
      }
    }
    const received = checksums.bytes;
    const isToTheEnd = range.start !== null && range.end === null;
    const total = range.total ?? request.total ?? (isToTheEnd ? received : null);
    if (total === null || received < total) return { state: "incomplete", received };
    const staged = await describeStaged(this.#path(id), checksums);
    const mismatch =
      received > total
        ? `The upload holds ${received} bytes, ${total} were announced.`
        : (checksumMismatch(claimed, staged.checksums) ?? checksumMismatch(request.expected, staged.checksums));
    this.#forget(id);
    if (mismatch !== undefined) {
      await discardStaged(staged.path);
      throw new StorageError("INVALID", mismatch);
    }
    const record = await this.#store.commit(bucket, name, staged, { ...request, componentCount: null });
    this.#remember(id, record);
    return { state: "complete", record };
  }

  /** After a restart of this process the checksums so far are read back from the file. */
  async #session(id: string): Promise<Session> {
    this.#record(id);
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const checksums = new ChecksumStream();
    const handle = await open(this.#path(id), "a");
    await handle.close();
    if ((await stat(this.#path(id))).size > 0) {
      for await (const chunk of createReadStream(this.#path(id))) checksums.update(chunk as Buffer);
    }
    const session: Session = this.#sessions.get(id) ?? { checksums, stop: null };
    this.#sessions.set(id, session);
    return session;
  }

  #record(id: string) {
    const record = this.#catalog.upload(id);
    if (record === undefined) throw new StorageError("UPLOAD_GONE", `No such upload: ${id}`);
    return { ...record, request: record.request as unknown as UploadRequest };
  }

  #remember(id: string, record: ObjectRecord): void {
    this.#finished.set(id, record);
    const [oldest] = this.#finished.keys();
    if (this.#finished.size > mostFinished && oldest !== undefined) this.#finished.delete(oldest);
  }

  #forget(id: string): void {
    this.#sessions.delete(id);
    this.#catalog.deleteUpload(id);
  }

  #path(id: string): string {
    return join(this.#store.folders.staging, `upload-${id}`);
  }
}

// Reads `bytes 0-9/20`, `bytes 0-*/20`, `bytes 0-9/*`, `bytes */20` and `bytes */*`; without a header: the whole body.
export function parseUploadRange(header: string | undefined): UploadRange {
  if (header === undefined) return { start: 0, end: null, total: null };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header.trim());
  if (match === null) throw new StorageError("INVALID", `Invalid Content-Range: ${header}`);
  const number = (text: string | undefined) => (text === undefined || text === "*" ? null : Number(text));
  return { start: number(match[1]), end: number(match[2]), total: number(match[3]) };
}

async function* dropFirst(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
