import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Database, literal } from "./database.ts";
import type { PlannedFile } from "./plan.ts";
import { formatOf } from "./sources/format.ts";
import { plannedRecipe, prepare, type Row, source, writeRows } from "./testing.ts";

const memory = 252 * 1024 ** 2;

async function writtenAs(format: string, folder: string, rows: readonly Row[]): Promise<PlannedFile> {
  const file = await writeRows(folder, "rows.jsonl", rows);
  if (format === "jsonl") return file;
  const path = join(folder, `rows.${format}`);
  using database = await Database.open(join(folder, "making"));
  await database.run(`COPY (FROM read_json(${literal(file.path)})) TO ${literal(path)}`);
  return { ...file, path, uri: path, bytes: (await stat(path)).size, format: formatOf(path) };
}

test.each(["jsonl", "csv", "parquet"])(
  "a text of 20 MB is prepared like any other, within the memory (%s)",
  async (format) => {
    const rows = Array.from({ length: 200 }, (_, index) => ({
      text: `text ${index}`,
      label: index % 2 === 0 ? "a" : "b",
    }));
    const long = { text: "a long story ".repeat(1_600_000), label: "a" };
    const { rows: found, manifest } = await prepare(
      async (folder) => ({
        recipe: plannedRecipe(),
        sources: [source([await writtenAs(format, folder, [...rows, long])])],
      }),
      { passes: [], memory },
    );
    expect(manifest.rejected).toEqual([]);
    expect(found).toHaveLength(201);
    expect(found.some(({ text }) => text === long.text)).toBe(true);
  },
  120_000,
);

test("a Parquet file that is one row group, with pages that a lane has no room for, is prepared alone", async () => {
  const { manifest } = await prepare(
    async (folder) => {
      const path = join(folder, "rows.parquet");
      using database = await Database.open(join(folder, "making"), { memory: 2 ** 30 });
      await database.run(`
        COPY (SELECT repeat('some words ', 250) || i AS text, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS label FROM range(40000) t(i))
        TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)`);
      const { size } = await stat(path);
      const file = { path, uri: "hf://rows.parquet", revision: "1", bytes: size, format: "parquet" as const };
      return { recipe: plannedRecipe(), sources: [source([file])] };
    },
    { passes: [], memory, lanes: 2, buckets: 4 },
  );
  const { train, validation, test: testSplit } = manifest.splits;
  expect(train.rows + validation.rows + testSplit.rows).toBe(40_000);
}, 120_000);
