import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { realWait, type Wait } from "../clients/retry.ts";
import { CorruptedTransfer } from "../errors.ts";
import { BufferPool } from "./buffer-pool.ts";
import { ContentHash } from "./content-hash.ts";
import { fill } from "./fill.ts";
import { eachPart, planParts } from "./parts.ts";
import type { ByteSource } from "./transfer.ts";

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Bytes that are here, of which some may be from an earlier attempt. */
  readonly onBytes?: (count: number) => void;
  readonly wait?: Wait;
}

const partBytes = 4 * 1024 * 1024;
const lanes = 6;

/**
 * Brings a content to disk: ranges are read side by side, hashed and written in their order, and the file gets its name
 * when it is known to be right. What an attempt that was killed left beside it (`PATH.HASH.partial`) is hashed and gone
 * on from. Needs 24 MiB of memory.
 *
 * Throws `CorruptedTransfer` when the content is not what it should be: nothing is left then, and the next attempt
 * starts afresh.
 */
export async function download(source: ByteSource, path: string, options: DownloadOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${source.oid?.slice(0, 16).replaceAll("/", "_") ?? "unknown"}.partial`;
  // What nobody can check is not gone on from.
  if (source.oid === undefined) await rm(partial, { force: true });
  const handle = await open(partial, "a+");
  try {
    const hash = new ContentHash(source);
    const begun = await hashBegun(handle, partial, source, hash, options.signal);
    options.onBytes?.(begun);
    await append(handle, begun, source, hash, options);
    hash.check();
    await handle.sync();
  } catch (error) {
    await handle.close();
    if (error instanceof CorruptedTransfer) await rm(partial, { force: true });
    throw error;
  }
  await handle.close();
  await rename(partial, path);
}

/** How many bytes are there: they were written in their order, so that they are the first ones. */
async function hashBegun(
  handle: FileHandle,
  partial: string,
  source: ByteSource,
  hash: ContentHash,
  signal: AbortSignal,
): Promise<number> {
  const { size } = await stat(partial);
  if (size > source.bytes) {
    await handle.truncate(0);
    return 0;
  }
  if (size === 0) return 0;
  const chunks = createReadStream(partial, { end: size - 1, highWaterMark: partBytes, signal });
  for await (const chunk of chunks as AsyncIterable<Buffer>) hash.update(chunk);
  return size;
}

async function append(
  handle: FileHandle,
  begun: number,
  source: ByteSource,
  hash: ContentHash,
  { signal, onBytes, wait = realWait }: DownloadOptions,
): Promise<void> {
  const parts = planParts(source.bytes - begun, partBytes);
  const pool = new BufferPool(lanes * partBytes);
  let written = Promise.resolve();
  await eachPart(parts, { pool, lanes, signal }, async ({ part, buffer, inTurn, signal }) => {
    await fill(source, begun + part.start, buffer, { signal, wait });
    await inTurn(() => {
      hash.update(buffer);
      const before = written;
      written = before.then(() => writeAll(handle, buffer));
      // Whoever waits for its own turn learns of it.
      written.catch(() => {});
    });
    await written;
    onBytes?.(part.bytes);
  });
}

async function writeAll(handle: FileHandle, buffer: Buffer): Promise<void> {
  for (let done = 0; done < buffer.length; ) {
    done += (await handle.write(buffer, done, buffer.length - done)).bytesWritten;
  }
}
