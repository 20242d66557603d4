import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Database, literal } from "../../activities/dataset/database.ts";

const rowsAFile = 50_000;

/**
 * Files of made-up texts, 20 to 180 words each and about 100 on average. One in ten is an earlier one with a word or two
 * changed and a few words more: a near duplicate, where the text is not too short. The same each time.
 */
export async function generate(folder: string, rows: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  using database = await Database.open(join(folder, "making"), { threads: 2, memory: 2 ** 30 });
  const files: string[] = [];
  for (let first = 0; first < rows; first += rowsAFile) {
    const file = join(folder, `rows-${String(files.length).padStart(3, "0")}.parquet`);
    await database.run(`
      COPY (
        WITH numbered AS (
          SELECT i, CASE WHEN i > 1000 AND hash(i) % 10 = 0 THEN i - 1 - CAST(hash(i * 7) % 1000 AS BIGINT) ELSE i END AS j
          FROM range(${first}, ${Math.min(rows, first + rowsAFile)}) t(i)),
        written AS (
          SELECT i, j, array_to_string(list_transform(range(CAST(20 + hash(j) % 160 AS BIGINT)),
            k -> CASE WHEN i <> j AND k = 7 THEN 'changed' ELSE '' END
              || 'w' || CAST(floor(pow(20000, (hash(j * 211 + k) % 100000) / 100000.0)) AS VARCHAR)), ' ') AS text
          FROM numbered)
        SELECT CAST(i AS VARCHAR) AS id,
          CASE WHEN i <> j THEN text || ' and w' || CAST(hash(i) % 1000 AS VARCHAR) ELSE text END AS text,
          'label ' || CAST(hash(j) % 8 AS VARCHAR) AS label
        FROM written
      ) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)`);
    files.push(file);
  }
  return files;
}
