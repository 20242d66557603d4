import { retrying, type Wait } from "../clients/retry.ts";
import type { ByteSource } from "./transfer.ts";

/** Reads a range of a source, in as many tries as it takes. A broken try's bytes are kept: the next one asks for the rest. */
export async function fill(
  source: ByteSource,
  start: number,
  target: Buffer,
  options: { readonly signal: AbortSignal; readonly wait: Wait },
): Promise<void> {
  let filled = 0;
  const arrived = (count: number): void => {
    filled += count;
  };
  const read = async (): Promise<void> => {
    if (filled < target.length) await source.read(start + filled, target.subarray(filled), arrived, options.signal);
  };
  await retrying(read, { ...options, progress: () => filled });
}
