import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Database, literal } from "../../activities/dataset/database.ts";

export const rowsAFile = 125_000;
const sentences = 50_000;

/**
 * Files of made-up texts of as many lengths as people write: a few sentences mostly, now and then a page, about 600
 * characters on average. Two in a hundred repeat another text, half of them in another spelling; one in a thousand has
 * another label. The same each time.
 */
export async function generate(folder: string, rows: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  using database = await Database.open(join(folder, "making"), { threads: 2, memory: 2 ** 30 });
  await database.run(`
    CREATE TABLE sentences AS
    SELECT i AS number, array_to_string(list_transform(range(CAST(6 + hash(i) % 14 AS BIGINT)),
      k -> 'w' || CAST(floor(pow(20000, (hash(i * 31 + k) % 100000) / 100000.0)) AS VARCHAR)), ' ')
      || CASE WHEN hash(i) % 5 = 0 THEN '.' || chr(10) ELSE '. ' END AS sentence
    FROM range(${sentences}) t(i)`);
  await database.run("CREATE TABLE all_sentences AS SELECT list(sentence ORDER BY number) AS list FROM sentences");
  const files: string[] = [];
  for (let first = 0; first < rows; first += rowsAFile) {
    const file = join(folder, `rows-${String(files.length).padStart(3, "0")}.parquet`);
    await database.run(`
      COPY (
        WITH numbered AS (
          SELECT i, CASE WHEN hash(i) % 50 = 0 THEN i - 1 - CAST(hash(i) % 1000 AS BIGINT) ELSE i END AS j
          FROM range(${first}, ${Math.min(rows, first + rowsAFile)}) t(i)),
        written AS (
          SELECT i, j, array_to_string(list_transform(range(CAST(1 + floor(pow(24, (hash(j) % 10007) / 10007.0)) AS BIGINT)),
            k -> list[CAST(1 + hash(j * 97 + k) % ${sentences} AS BIGINT)]), '') AS text
          FROM numbered, all_sentences)
        SELECT CASE WHEN i <> j AND hash(i) % 100 = 0 THEN upper(text) ELSE text END AS text,
          'label ' || CAST(CASE WHEN i <> j AND hash(i) % 20 = 0 THEN 8 ELSE hash(j) % 8 END AS VARCHAR) AS label
        FROM written
      ) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)`);
    files.push(file);
  }
  return files;
}
