import { createReadStream } from "node:fs";
import { UserError } from "../../errors.ts";
import type { Chunk, PlannedFile } from "../plan.ts";

/** Makes of what the engine says about a file what its owner should know: which file, where, and how many times. */
export async function explain(error: unknown, { files }: Pick<Chunk, "files">): Promise<unknown> {
  // The machine's fault, or the recipe's, but not the data's.
  if (
    /^(Out of Memory Error|IO Error: (Failed to create directory|Could not write))/.test(
      error instanceof Error ? error.message : "",
    )
  )
    return error;
  const said = files.reduce(
    (text, { path, uri }) => text.replaceAll(path, uri),
    error instanceof Error ? error.message : String(error),
  );
  const about = files.length === 1 ? files : files.filter(({ uri }) => said.includes(uri));
  const suspects = about.length > 0 ? about : files;
  for (const file of suspects) {
    const bad = file.format === "parquet" ? null : await badBytes(file);
    if (bad !== null) return badEncoding(file, bad, error);
  }
  const [file] = suspects;
  const name = file?.uri ?? "the data";
  if (file?.format === "parquet" && /magic bytes|footer|too small|Parquet file/i.test(said)) {
    return new UserError(
      "InvalidData",
      `${name} is no whole Parquet file (${file.bytes} bytes): its footer cannot be read. ${firstLine(said)}. Write it anew, or leave it out`,
      [],
      error,
    );
  }
  return new UserError("InvalidData", `${name} cannot be read: ${said}`, [], error);
}

function badEncoding(file: PlannedFile, { first, line, lines }: BadBytes, cause: unknown): UserError {
  return new UserError(
    "InvalidData",
    `${file.uri} is not UTF-8: ${lines} ${lines === 1 ? "line has" : "lines have"} other bytes, the first at byte ${first}, in line ${line}. Convert the file to UTF-8`,
    [],
    cause,
  );
}

interface BadBytes {
  /** Offset of the first byte that is not UTF-8. */
  readonly first: number;
  /** Its line, from 1. */
  readonly line: number;
  readonly lines: number;
}

const newline = 10;

/** Null for a file that is all UTF-8, or whose bytes are compressed. */
async function badBytes({ path }: PlannedFile): Promise<BadBytes | null> {
  if (/\.(gz|zst)$/.test(path)) return null;
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = 0;
  let lines = 0;
  let found: { first: number; line: number } | null = null;
  const see = (bytes: Buffer): void => {
    line++;
    const bad = firstBadByte(bytes);
    if (bad >= 0) {
      lines++;
      found ??= { first: offset + bad, line };
    }
    offset += bytes.length;
  };
  for await (const piece of createReadStream(path)) {
    let all: Buffer = Buffer.concat([rest, piece as Buffer]);
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline)) {
      see(all.subarray(0, end + 1));
      all = all.subarray(end + 1);
    }
    rest = all;
  }
  if (rest.length > 0) see(rest);
  return found === null ? null : { ...(found as { first: number; line: number }), lines };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** -1 where all bytes are UTF-8. */
function firstBadByte(bytes: Buffer): number {
  if (isUtf8(bytes)) return -1;
  // A replacement character stands for the first bad byte, unless the text has one of its own.
  let start = 0;
  for (const character of bytes.toString("utf8")) {
    const length = Buffer.byteLength(character);
    if (character === "\ufffd" && !bytes.subarray(start, start + 3).equals(Buffer.from("\ufffd"))) return start;
    start += length;
  }
  return start;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
