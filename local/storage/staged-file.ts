import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { release } from "../http/release.ts";
import { ChecksumStream } from "./checksums.ts";

/** Bytes that are on disk but not an object yet. Whoever holds it commits or discards it. */
export interface StagedFile {
  readonly path: string;
  readonly bytes: number;
  readonly checksums: { readonly crc32c: string; readonly md5: string | null };
  /** See {@link fingerprintOf}. */
  readonly fingerprint: string;
}

/** Writes a stream to a new file, synced to disk. Leaves nothing behind when the stream breaks. */
export async function stageFile(folder: string, chunks: AsyncIterable<Buffer>): Promise<StagedFile> {
  const path = join(folder, randomUUID());
  const checksums = new ChecksumStream();
  const handle = await open(path, "wx");
  try {
    await appendChunks(handle, chunks, checksums);
    await handle.datasync();
  } catch (error) {
    await handle.close();
    await discardStaged(path);
    throw error;
  }
  await handle.close();
  return describeStaged(path, checksums);
}

/** Takes the chunks' memory, too: nobody may look at them afterwards. */
export async function appendChunks(
  handle: FileHandle,
  chunks: AsyncIterable<Buffer>,
  checksums: ChecksumStream,
): Promise<void> {
  for await (const chunk of chunks) {
    for (let done = 0; done < chunk.length; ) {
      done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
    }
    checksums.update(chunk);
    release(chunk);
  }
}

export async function describeStaged(path: string, checksums: ChecksumStream): Promise<StagedFile> {
  const stats = await stat(path, { bigint: true });
  return { path, bytes: checksums.bytes, checksums: checksums.digest(), fingerprint: fingerprintOf(stats) };
}

export async function discardStaged(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Differs whenever a file was replaced or written to. */
export function fingerprintOf(stats: {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
