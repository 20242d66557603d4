import { type FileHandle, open } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";

/** A part of a log; from and to are bytes of the file. */
export interface LogPart {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** However long a log is, no more of it than this is read at once. */
export const partSize = 64 * 1024;

const newline = 0x0a;

/** The part that begins at a byte; empty when there is nothing yet. */
export function readFrom(file: string, from: number): Promise<LogPart> {
  return read(file, (size) => ({ from, to: Math.min(size, from + partSize) }), endOnLine);
}

/** The part that ends before a byte, or at the end of the log. */
export function readBefore(file: string, before = Number.POSITIVE_INFINITY): Promise<LogPart> {
  return read(
    file,
    (size) => {
      const to = Math.min(size, before);
      return { from: Math.max(0, to - partSize), to };
    },
    (bytes, { from }) => ({ skip: from === 0 ? 0 : lineBegin(bytes), keep: wholeCharacters(bytes) }),
  );
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Cut {
  readonly skip: number;
  readonly keep: number;
}

async function read(
  file: string,
  spanOf: (size: number) => Span,
  cut: (bytes: Buffer, span: Span, size: number) => Cut,
): Promise<LogPart> {
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { text: "", from: 0, to: 0, size: 0 };
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const span = spanOf(size);
    const buffer = Buffer.alloc(Math.max(0, span.to - span.from));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, span.from);
    const bytes = buffer.subarray(0, bytesRead);
    const { skip, keep } = cut(bytes, span, size);
    const from = span.from + skip;
    return { text: readable(bytes.subarray(skip, keep).toString("utf8")), from, to: span.from + keep, size };
  } finally {
    await handle.close();
  }
}

/** A line that is cut comes whole with the next part; a line longer than a part, or the last one, comes as it is. */
function endOnLine(bytes: Buffer, { to }: Span, size: number): Cut {
  const end = bytes.lastIndexOf(newline) + 1;
  return { skip: 0, keep: to === size || end === 0 ? wholeCharacters(bytes) : end };
}

function lineBegin(bytes: Buffer): number {
  const begin = bytes.indexOf(newline) + 1;
  return begin === bytes.length ? 0 : begin;
}

/** Without the beginning of a character whose other bytes are not there yet. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Without colours; of a line that a progress bar wrote over, what it said last. */
function readable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\r\n", "\n")
    .replace(/^[^\n]*\r(?!\n|$)/gm, "");
}
