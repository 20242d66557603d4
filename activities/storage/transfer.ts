import { createHash } from "node:crypto";
import { crc32c } from "@node-rs/crc32";
import { CancelledFailure } from "@temporalio/common";
import { combineCrc32c, encodeCrc32c } from "../clients/crc32c.ts";
import { HttpError } from "../clients/http.ts";
import { realWait, retrying, type Wait } from "../clients/retry.ts";
import { CorruptedTransfer, UserError } from "../errors.ts";
import { httpStatus } from "../http-status.ts";
import { uninterrupted } from "../progress.ts";
import { BufferPool } from "./buffer-pool.ts";
import { ContentHash, type ExpectedContent } from "./content-hash.ts";
import { fill } from "./fill.ts";
import type { ObjectStore } from "./object-store.ts";
import { parseObjectUri } from "./object-uri.ts";
import { eachPart, type Part, partBytesOf, planParts } from "./parts.ts";
import type { Metadata, SentPart } from "./xml-api.ts";

/** A content that can be read from any byte on. */
export interface ByteSource extends ExpectedContent {
  /** Fills `target` from byte `start` on, in one try; `onBytes` tells how many more have arrived, also before it throws. */
  read(start: number, target: Buffer, onBytes: (count: number) => void, signal: AbortSignal): Promise<void>;
}

export interface TransferTarget {
  readonly uri: string;
  readonly metadata: Metadata;
  /** What it replaces: the generation of the object that is there, `"0"` when there is none. */
  readonly replaces: string;
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** Bytes that have arrived, of which some may be from an earlier attempt. */
  readonly onBytes: (count: number) => void;
}

/** Somebody else copies to the same name, or took away what was sent: trying again finds what is there. */
export class TransferOvertaken extends Error {
  override readonly name = "TransferOvertaken";
  readonly code = "TransferOvertaken";
}

const mebibyte = 1024 * 1024;

/** Memory of all transfers together, and how it is dealt out. */
export interface TransferLimits {
  readonly memoryBytes: number;
  /** Of a part, and of what goes in one request. */
  readonly partBytes: number;
  readonly lanes: number;
}

const usualLimits: TransferLimits = { memoryBytes: 40 * mebibyte, partBytes: 5 * mebibyte, lanes: 8 };

/**
 * Copies contents to Cloud Storage through a fixed amount of memory: ranges are read side by side, hashed in their order
 * and sent as parts of a multipart upload, each with its checksum. What has another hash than it should, or was not
 * put together from the bytes that were sent, never gets its final name.
 *
 * The upload has a temporary name that follows from the final one and the content, so that the next attempt, of whoever,
 * finds it and goes on with the parts that are missing.
 */
export class Transfers {
  readonly #storage: ObjectStore;
  readonly #limits: TransferLimits;
  readonly #pool: BufferPool;
  readonly #wait: Wait;

  constructor(storage: ObjectStore, limits: TransferLimits = usualLimits, wait: Wait = realWait) {
    this.#storage = storage;
    this.#limits = limits;
    this.#pool = new BufferPool(limits.memoryBytes);
    this.#wait = wait;
  }

  /**
   * Throws `CorruptedTransfer` when the content is not what it should be, `TransferOvertaken` when somebody else took
   * away what was sent or wrote to the target. Whatever it throws, nothing is visible.
   */
  async copy(source: ByteSource, target: TransferTarget, options: TransferOptions): Promise<void> {
    try {
      if (source.bytes <= this.#limits.partBytes) await this.#copySmall(source, target, options);
      else await this.#copyLarge(source, target, options);
    } catch (error) {
      const status = httpStatus(error);
      if (status !== 404 && status !== 412 && !(error instanceof TransferOvertaken)) throw error;
      // Somebody else who copies the same has finished it, or this did in a try whose answer got lost.
      const there = await this.#storage.stat(target.uri);
      const isDone = there?.bytes === source.bytes && isSame(there.metadata, target.metadata);
      if (isDone) return this.#storage.delete(temporaryUri(source, target));
      throw new TransferOvertaken(`${target.uri} was not written: somebody else wrote or cancelled the same`, {
        cause: error,
      });
    }
  }

  async #copyLarge(source: ByteSource, target: TransferTarget, options: TransferOptions): Promise<void> {
    const temporary = temporaryUri(source, target);
    const isThere = (await this.#storage.stat(temporary)) !== null;
    const isChecked = !isThere && (await this.#uploadParts(source, temporary, target.metadata, options));
    if (!isChecked) await this.#checkStored(source, temporary, options.signal);
    options.signal.throwIfAborted();
    await this.#storage.move(temporary, target.uri, target.replaces);
  }

  async #copySmall(source: ByteSource, target: TransferTarget, { signal, onBytes }: TransferOptions): Promise<void> {
    await this.#pool.with(source.bytes, async (buffer) => {
      await this.#fill(source, { start: 0 }, buffer, signal);
      const hash = new ContentHash(source);
      hash.update(buffer);
      hash.check();
      const put = { metadata: target.metadata, ifGenerationMatch: target.replaces };
      const checksum = crc32c(buffer);
      await this.#try(() => this.#storage.xml.put(target.uri, buffer, checksum, put, signal), signal);
      onBytes(source.bytes);
    });
  }

  /** False when some parts are of an earlier attempt, so that nobody has hashed the whole. */
  async #uploadParts(
    source: ByteSource,
    temporary: string,
    metadata: Metadata,
    { signal, onBytes }: TransferOptions,
  ): Promise<boolean> {
    const { xml } = this.#storage;
    const id = await this.#try(
      async () => (await xml.findUpload(temporary, signal)) ?? (await xml.startUpload(temporary, metadata, signal)),
      signal,
    );
    try {
      const parts = planParts(source.bytes, partBytesOf(source.bytes, this.#limits.partBytes));
      const there = await this.#try(() => xml.sentParts(temporary, id, signal), signal);
      const sent = new Map(there.map((part) => [part.number, part]));
      const missing = parts.filter(({ number, bytes }) => sent.get(number)?.bytes !== bytes);
      const isFresh = missing.length === parts.length;
      const hash = isFresh ? new ContentHash(source) : null;
      const checksums = new Map<number, number>();
      for (const part of parts) if (!missing.includes(part)) onBytes(part.bytes);
      await eachPart(missing, { pool: this.#pool, lanes: this.#limits.lanes, signal }, async (item) => {
        const { part, buffer } = item;
        await this.#fill(source, part, buffer, item.signal);
        const checksum = crc32c(buffer);
        checksums.set(part.number, checksum);
        const sending = this.#try(
          () => xml.sendPart(temporary, id, part.number, buffer, checksum, item.signal),
          item.signal,
        );
        // The memory is in use until both have ended, however they do.
        await Promise.allSettled([sending, item.inTurn(() => hash?.update(buffer))]);
        sent.set(part.number, await sending);
        onBytes(part.bytes);
      });
      hash?.check();
      await this.#complete(temporary, id, parts, sent, signal);
      if (isFresh) await this.#checkChecksum(temporary, parts, checksums);
      return isFresh;
    } catch (error) {
      if (!isWorthKeeping(error, signal)) await xml.abortUpload(temporary, id, uninterrupted);
      throw error;
    }
  }

  async #complete(
    temporary: string,
    id: string,
    parts: readonly Part[],
    sent: ReadonlyMap<number, SentPart>,
    signal: AbortSignal,
  ): Promise<void> {
    const chosen = parts.flatMap(({ number }) => sent.get(number) ?? []);
    try {
      await this.#try(() => this.#storage.xml.completeUpload(temporary, id, chosen, signal), signal);
    } catch (error) {
      // Somebody else who copies the same has sent a part anew in the meantime.
      if (error instanceof HttpError && error.reason === "InvalidPart") {
        throw new TransferOvertaken(`${temporary} has parts that somebody else sent`, { cause: error });
      }
      // It may have been completed by a try whose answer got lost.
      const isGone = error instanceof HttpError && error.status === 404;
      if (!isGone || (await this.#storage.stat(temporary)) === null) throw error;
    }
  }

  /** Holds Cloud Storage's checksum of the whole against those of the parts that were sent. */
  async #checkChecksum(
    temporary: string,
    parts: readonly Part[],
    checksums: ReadonlyMap<number, number>,
  ): Promise<void> {
    const whole = parts.reduce((sum, { number, bytes }) => combineCrc32c(sum, checksums.get(number) ?? 0, bytes), 0);
    const stored = await this.#storage.stat(temporary);
    if (stored === null) throw new TransferOvertaken(`${temporary} was taken away by somebody else`);
    if (stored.crc32c === encodeCrc32c(whole)) return;
    await this.#storage.delete(temporary);
    throw new CorruptedTransfer(`${temporary} has the crc32c ${stored.crc32c} instead of ${encodeCrc32c(whole)}`);
  }

  /** Reads an object back and hashes it; one that is not right is deleted. */
  async #checkStored(source: ByteSource, temporary: string, signal: AbortSignal): Promise<void> {
    const { name, bytes, oid } = source;
    const read: ByteSource["read"] = (start, target, onBytes) =>
      this.#storage.xml.read(temporary, start, target, onBytes, signal);
    const hash = new ContentHash({ name: `${name}, as stored,`, bytes, oid });
    const parts = planParts(bytes, partBytesOf(bytes, this.#limits.partBytes));
    await eachPart(parts, { pool: this.#pool, lanes: this.#limits.lanes, signal }, async (item) => {
      await this.#fill({ name, bytes, oid, read }, item.part, item.buffer, item.signal);
      await item.inTurn(() => hash.update(item.buffer));
    });
    try {
      hash.check();
    } catch (error) {
      await this.#storage.delete(temporary);
      throw error;
    }
  }

  #fill(source: ByteSource, { start }: { start: number }, target: Buffer, signal: AbortSignal): Promise<void> {
    return fill(source, start, target, { signal, wait: this.#wait });
  }

  #try<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return retrying(work, { signal, wait: this.#wait });
  }
}

/** Outside of every folder that somebody lists. */
function temporaryUri({ bytes, oid }: ByteSource, { uri }: TransferTarget): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([uri, bytes, oid ?? null]))
    .digest("hex");
  return `gs://${parseObjectUri(uri).bucket}/transfers/${digest}`;
}

/**
 * Whether another attempt may go on with what was sent: after a failure of a service or a connection, also of another
 * file's, and when a worker stops or an attempt is timed out; not when the content is wrong, or nobody wants it any more.
 */
function isWorthKeeping(error: unknown, signal: AbortSignal): boolean {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason instanceof CancelledFailure) return !["CANCELLED", "NOT_FOUND"].includes(reason.message);
  if (reason instanceof Error && reason.name === "AbortError") return false;
  return signal.aborted || !(error instanceof CorruptedTransfer || error instanceof UserError);
}

function isSame(found: Metadata, wanted: Metadata): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key] === value);
}
