import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

const newline = 10;
const atOnce = 64 * 1024;

/** Copies the lines that begin within these bytes, first and behind the last: parts that touch have every line once. */
export async function copyLines(from: string, [first, behind]: readonly [number, number], to: string): Promise<void> {
  const file = await open(from);
  let range: readonly [number, number];
  try {
    const { size } = await file.stat();
    range = [await lineFrom(file, first, size), await lineFrom(file, behind, size)];
  } finally {
    await file.close();
  }
  const [start, end] = range;
  if (start >= end) await (await open(to, "w")).close();
  else await pipeline(createReadStream(from, { start, end: end - 1 }), createWriteStream(to));
}

/** Where the first line begins that does so at this byte or behind it; the file's size where none does. */
async function lineFrom(file: FileHandle, byte: number, size: number): Promise<number> {
  if (byte === 0) return 0;
  const buffer = Buffer.alloc(atOnce);
  for (let at = byte - 1; at < size; at += atOnce) {
    const { bytesRead } = await file.read(buffer, 0, atOnce, at);
    const found = buffer.subarray(0, bytesRead).indexOf(newline);
    if (found >= 0) return at + found + 1;
    if (bytesRead === 0) break;
  }
  return size;
}
