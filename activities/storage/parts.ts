import { unlessAborted } from "../progress.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { sideBySide } from "./side-by-side.ts";

/** A range of a content, and its number in a multipart upload. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  readonly bytes: number;
}

const mebibyte = 1024 * 1024;
/** https://cloud.google.com/storage/quotas#requests */
const mostParts = 10_000;

/** Bytes of each part but the last: the least that is worth a request, or more where there would be too many parts. */
export function partBytesOf(bytes: number, least: number): number {
  return Math.max(least, Math.ceil(bytes / mostParts / mebibyte) * mebibyte);
}

/** The same for the same sizes, so that a later attempt finds its parts. An empty content has none. */
export function planParts(bytes: number, partBytes: number): Part[] {
  return Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { number: index + 1, start, bytes: Math.min(partBytes, bytes - start) };
  });
}

export interface PartWork {
  readonly part: Part;
  /** Of the part's size; another part's as soon as the work is done. */
  readonly buffer: Buffer;
  /** Runs when the parts before have had their turn. Every part must take its turn once. */
  readonly inTurn: (action: () => void) => Promise<void>;
  /** Aborts too when another part's work fails. */
  readonly signal: AbortSignal;
}

/** Works on parts side by side, as many as there is memory for. Throws what failed first, when all work has stopped. */
export async function eachPart(
  parts: readonly Part[],
  options: { readonly pool: BufferPool; readonly lanes: number; readonly signal: AbortSignal },
  work: (item: PartWork) => Promise<void>,
): Promise<void> {
  const largest = parts[0]?.bytes ?? 0;
  let next = 0;
  let last = Promise.resolve();
  await sideBySide(Math.min(options.lanes, parts.length), options.signal, async (signal) => {
    while (next < parts.length) {
      // Memory first, then the part: so the parts before one that waits for its turn have theirs, and get on.
      await options.pool.with(largest, async (memory) => {
        signal.throwIfAborted();
        const part = parts[next++];
        if (part === undefined) return;
        const before = last;
        const { promise, resolve } = Promise.withResolvers<void>();
        last = promise;
        const inTurn = async (action: () => void): Promise<void> => {
          await unlessAborted(before, signal);
          action();
          resolve();
        };
        await work({ part, buffer: memory.subarray(0, part.bytes), inTurn, signal });
      });
    }
  });
}
