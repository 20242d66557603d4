import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Split } from "../../trainer/contract/generated/contract.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { SplitName } from "./partition.ts";

const rowsPerShard = 50_000;
/** Fixed, because it shapes the bytes. */
const rowsPerGroup = 8_192;

/** Writes a split of the table `rows` under `folder/SPLIT/`: ordered by id, the same bytes for the same rows. */
export async function writeShards(
  database: Database,
  split: SplitName,
  slices: readonly string[],
  folder: string,
): Promise<Split> {
  await mkdir(join(folder, split), { recursive: true });
  // Several threads would cut the row groups as they happen to run.
  await database.run("SET threads = 1");
  const where = `WHERE split = ${literal(split)}`;
  const rows = await database.count(`SELECT count(*) FROM rows ${where}`);
  const columns = ["id", "text", "label", ...slices].map(identifier).join(", ");
  const shards: Split["shards"][number][] = [];
  for (let first = 0; first < rows; first += rowsPerShard) {
    const path = `${split}/part-${String(shards.length).padStart(5, "0")}.parquet`;
    const file = join(folder, path);
    await database.run(`
      COPY (SELECT ${columns} FROM rows ${where} ORDER BY id LIMIT ${rowsPerShard} OFFSET ${first})
      TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsPerGroup})`);
    shards.push({ path, rows: Math.min(rowsPerShard, rows - first), sha256: await sha256OfFile(file) });
  }
  const counts = await database.rows(`SELECT label, count(*) AS n FROM rows ${where} GROUP BY label ORDER BY label`);
  return {
    rows,
    shards,
    labelCounts: Object.fromEntries(counts.map((row) => [String(row["label"]), Number(row["n"])])),
  };
}

async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
