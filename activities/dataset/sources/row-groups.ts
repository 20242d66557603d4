import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { realWait } from "../../clients/retry.ts";
import { fill } from "../../storage/fill.ts";
import type { ByteSource } from "../../storage/transfer.ts";
import { type Database, literal } from "../database.ts";

export interface RowGroup {
  readonly rows: number;
  /** As it lies in the file. */
  readonly bytes: number;
}

/** Of the footer's length and the magic number behind it. https://parquet.apache.org/docs/file-format/ */
const tailBytes = 8;
/** A longer footer is more likely a broken one, and is not read before its file. */
const mostFooterBytes = 256 * 1024 ** 2;

/**
 * Row groups of a Parquet file that lies elsewhere: its footer alone is read. None of a file whose footer cannot be
 * read, which whoever reads the file will say in full.
 */
export async function rowGroupsOf(
  database: Database,
  source: ByteSource,
  scratch: string,
  signal: AbortSignal,
): Promise<RowGroup[]> {
  if (source.bytes < tailBytes) return [];
  const read = async (start: number, bytes: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(bytes);
    await fill(source, start, buffer, { signal, wait: realWait });
    return buffer;
  };
  const tail = await read(source.bytes - tailBytes, tailBytes);
  const bytes = tail.readUInt32LE(0) + tailBytes;
  if (tail.toString("latin1", 4) !== "PAR1" || bytes > Math.min(source.bytes, mostFooterBytes)) return [];
  await mkdir(dirname(scratch), { recursive: true });
  try {
    // A file as long as the whole one, of which only the end is there, and takes room.
    const file = await open(scratch, "w");
    try {
      await file.truncate(source.bytes);
      const start = source.bytes - bytes;
      await file.write(await read(start, bytes), 0, bytes, start);
    } finally {
      await file.close();
    }
    return await described(database, scratch);
  } finally {
    await rm(scratch, { force: true });
  }
}

async function described(database: Database, file: string): Promise<RowGroup[]> {
  try {
    const rows = await database.rows(`
      SELECT any_value(row_group_num_rows) AS n, sum(total_compressed_size) AS bytes
      FROM parquet_metadata(${literal(file)}) GROUP BY row_group_id ORDER BY row_group_id`);
    return rows.map((row) => ({ rows: Number(row["n"]), bytes: Number(row["bytes"]) }));
  } catch (error) {
    if (error instanceof Error && /Parquet|footer|metadata|magic/i.test(error.message)) return [];
    throw error;
  }
}
