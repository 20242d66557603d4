import { setMaxListeners } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Storage } from "@google-cloud/storage";
import { NativeCrc32c } from "../../../../activities/clients/crc32c.ts";
import { httpStatus, isTransientHttp } from "../../../../activities/http-status.ts";
import type { StoredObject } from "../../../../activities/storage/object-store.ts";
import { parseObjectUri } from "../../../../activities/storage/object-uri.ts";
import { sideBySide } from "../../../../activities/storage/side-by-side.ts";
import { CommandError } from "../../user-error.ts";
import { explained } from "./origin.ts";

const tries = 5;
const lanes = 6;

export interface Download {
  readonly object: StoredObject;
  readonly file: string;
}

export interface DownloadOptions {
  /** Told of every piece that is here, those of an earlier try too; negative where one was not worth keeping. */
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Brings objects into files, several at a time. What is there already, and right, is not brought again; what an earlier
 * try began goes on where that stopped, as long as the object is still the same. Throws `CommandError`, and the signal's
 * reason.
 */
export async function downloadAll(
  storage: Storage,
  downloads: readonly Download[],
  options: DownloadOptions,
): Promise<void> {
  // Cloud Storage's client puts eleven on a stream of its own, which Node would report as a leak.
  setMaxListeners(20);
  const waiting = [...downloads];
  await sideBySide(lanes, options.signal, async (signal) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      await downloadOne(storage, next, { ...options, signal });
    }
  });
}

async function downloadOne(storage: Storage, { object, file }: Download, options: DownloadOptions): Promise<void> {
  const { onBytes, signal } = options;
  if ((await sizeOf(file)) === object.bytes && (await hasChecksum(file, object))) return onBytes(object.bytes);
  await mkdir(dirname(file), { recursive: true });
  // Of one generation: when the object is written anew in between, its bytes are not put behind those of the old one.
  const part = `${file}.${object.generation}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      await append(storage, object, part, options);
      if (await hasChecksum(part, object)) break;
      onBytes(-((await sizeOf(part)) ?? 0));
      await rm(part, { force: true });
      throw new CommandError(
        "CORRUPTED",
        `${object.uri} does not have its checksum, ${object.crc32c}, when it is here.`,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (attempt === tries || !isWorthAnotherTry(error)) throw explained(error, object.uri);
      onBytes(-((await sizeOf(part)) ?? 0));
      await sleep(200 * 2 ** attempt, undefined, { signal });
    }
  }
  await rename(part, file);
}

/** The bytes that the file lacks. */
async function append(storage: Storage, object: StoredObject, part: string, options: DownloadOptions): Promise<void> {
  const { bucket, name } = parseObjectUri(object.uri);
  const start = (await sizeOf(part)) ?? 0;
  options.onBytes(start);
  if (start >= object.bytes && start > 0) return;
  const counter = new Transform({
    transform(piece: Buffer, _encoding, done) {
      options.onBytes(piece.length);
      done(null, piece);
    },
  });
  // As they are stored: that is what the checksum is of, and what a task on Vertex reads.
  const source = storage
    .bucket(bucket)
    .file(name, { generation: object.generation })
    .createReadStream({ start, validation: false, decompress: false });
  await pipeline(object.bytes === 0 ? Readable.from([]) : source, counter, createWriteStream(part, { flags: "a" }), {
    signal: options.signal,
  });
}

async function hasChecksum(file: string, { bytes, crc32c }: StoredObject): Promise<boolean> {
  if ((await sizeOf(file)) !== bytes) return false;
  if (crc32c === null) return true;
  const checksum = new NativeCrc32c();
  for await (const piece of createReadStream(file)) checksum.update(piece as Buffer);
  return checksum.validate(crc32c);
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return found?.size;
}

function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof CommandError) return error.code === "CORRUPTED";
  const status = httpStatus(error);
  if (status !== undefined) return isTransientHttp(status);
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^(ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE)/.test(code);
}
