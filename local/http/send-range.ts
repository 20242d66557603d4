import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { ByteRange } from "./byte-range.ts";

const bytesAtOnce = 512 * 1024;
const mostFree = 32;
const free: Buffer[] = [];

/**
 * Sends a range of a file as the rest of an answer, through two buffers that take turns: one is read into while the
 * other is sent. A file stream makes a new buffer of every piece, whose collection costs more than the copy. Breaks the
 * answer off when the file ends early; returns when the client has all of it, or is gone.
 */
export async function sendRange(
  handle: FileHandle,
  { start, end }: ByteRange,
  response: ServerResponse,
): Promise<void> {
  const buffers = [take(), take()] as const;
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  const send = (piece: Buffer) => new Promise<void>((done) => response.write(piece, () => done()));
  let sending = Promise.resolve();
  let at = start;
  for (let isFirst = true; at <= end; isFirst = !isFirst) {
    const wanted = Math.min(bytesAtOnce, end - at + 1);
    const { bytesRead, buffer } = await handle.read(buffers[isFirst ? 0 : 1], 0, wanted, at);
    await sending;
    if (bytesRead === 0 || response.destroyed) break;
    at += bytesRead;
    // Of a connection that closes, a write may never be told about.
    sending = Promise.race([send(buffer.subarray(0, bytesRead)), closed]);
  }
  await sending;
  if (at <= end) response.destroy();
  else response.end();
  await closed;
  if (free.length < mostFree) free.push(...buffers);
}

function take(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(bytesAtOnce);
}
