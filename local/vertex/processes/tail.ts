import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const window = 16_384;

/** The last lines of a file, from its last 16 KiB; empty when there is no file. */
export function readTail(file: string, lines: number): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, window));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(descriptor);
  }
}
