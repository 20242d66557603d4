import { mkdir } from "node:fs/promises";
import { UINTEGER } from "@duckdb/node-api";
import type { NearDuplicateStatistics } from "../../../trainer/contract/generated/contract.ts";
import { type Database, literal } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import type { Work } from "../engine/work.ts";
import { Components } from "./components.ts";
import { collect, compare, parquet, passing } from "./find.ts";

/** What came of the near duplicates. */
export type Chosen = Pick<NearDuplicateStatistics, "pairs" | "clusters" | "removed" | "examples"> & {
  readonly files: readonly string[];
};

/** Beside the manifest: pairs to look at, the least similar first. */
const pairsFile = "near-duplicates.parquet";
const mostPairs = 10_000;
const mostExamples = 10;

/** Which split a cluster's row stays in. */
const rank = (split: string): string => `CASE ${split} WHEN 'test' THEN 0 WHEN 'validation' THEN 1 ELSE 2 END`;

/**
 * Rows that are connected by pairs are a cluster, of which one row stays: of the test split if there is one, else of
 * validation, else of train; among these the one with the smallest id. The others are in `drops.parquet`.
 */
export const choose: Phase = {
  name: "near-duplicates.choose",
  title: "choosing among near duplicates",
  pieces: () => 1,
  async run(work): Promise<Chosen> {
    using database = await work.database();
    await database.run(`CREATE TABLE pairs AS SELECT DISTINCT * FROM ${parquet(work.files(compare, "pairs.parquet"))}`);
    await numberRows(work, database);
    await connect(database);
    await writeDrops(work, database);
    await writePairs(work, database);
    return await outcome(database);
  },
};

/** The table `nodes`: of any connected rows, the one with the smallest number is to stay. */
async function numberRows(work: Work, database: Database): Promise<void> {
  const texts = parquet(work.files(collect, "texts.parquet"));
  await database.run(`
    CREATE TABLE nodes AS
    SELECT id, split, CAST(row_number() OVER (ORDER BY ${rank("split")}, id) - 1 AS UINTEGER) AS number
    FROM (SELECT DISTINCT id, split FROM ${texts})
    WHERE id IN (SELECT left_id FROM pairs UNION SELECT right_id FROM pairs)`);
}

/** The table `dropped`: numbers of rows that go, with that of the row that stays. */
async function connect(database: Database): Promise<void> {
  const components = new Components(await database.count("SELECT count(*) FROM nodes"));
  const edges = `
    SELECT one.number AS one, other.number AS other FROM pairs
    JOIN nodes AS one ON left_id = one.id JOIN nodes AS other ON right_id = other.id`;
  for await (const rows of database.stream(edges))
    for (const { one, other } of rows) components.connect(Number(one), Number(other));
  await database.run("CREATE TABLE dropped (number UINTEGER, kept UINTEGER)");
  for await (const rows of database.stream("SELECT number FROM nodes ORDER BY number")) {
    const numbers = rows.map(({ number }) => Number(number));
    const dropped = numbers
      .map((number) => [number, components.of(number)])
      .filter(([number, kept]) => number !== kept);
    await database.append("dropped", [UINTEGER, UINTEGER], dropped);
  }
}

async function writeDrops(work: Work, database: Database): Promise<void> {
  await database.run(`
    CREATE VIEW outcomes AS
    SELECT row.id, row.split, kept.id AS kept_id, kept.split AS kept_split
    FROM dropped JOIN nodes AS row USING (number) JOIN nodes AS kept ON kept.number = dropped.kept`);
  await database.run(`
    COPY (SELECT id, 'near duplicate of a ' || kept_split || ' row' AS reason FROM outcomes ORDER BY id)
    TO ${literal(work.target("drops.parquet"))} ${passing}`);
}

async function writePairs(work: Work, database: Database): Promise<void> {
  const texts = `(SELECT DISTINCT id, split, text FROM ${parquet(work.files(collect, "texts.parquet"))} WHERE id IN (SELECT left_id FROM shown UNION SELECT right_id FROM shown))`;
  await database.run(`CREATE TABLE shown AS FROM pairs ORDER BY similarity, left_id, right_id LIMIT ${mostPairs}`);
  await database.run(`CREATE TABLE texts AS FROM ${texts}`);
  await database.run(`
    CREATE TABLE looked_at AS
    SELECT similarity, one.id AS left_id, one.split AS left_split, one.text AS "left",
      other.id AS right_id, other.split AS right_split, other.text AS "right"
    FROM shown JOIN texts AS one ON left_id = one.id JOIN texts AS other ON right_id = other.id
    ORDER BY similarity, left_id, right_id`);
  await mkdir(work.target("output"));
  await database.run(`
    COPY (FROM looked_at ORDER BY similarity, left_id, right_id)
    TO ${literal(work.target(`output/${pairsFile}`))} (FORMAT parquet, COMPRESSION zstd)`);
}

async function outcome(database: Database): Promise<Chosen> {
  const removed = await database.rows(`
    SELECT split, kept_split, count(*) AS rows FROM outcomes GROUP BY ALL ORDER BY ALL`);
  const examples = await database.rows(`
    SELECT similarity, left_split, "left"[:300] AS "left", right_split, "right"[:300] AS "right"
    FROM looked_at ORDER BY similarity, left_id, right_id LIMIT ${mostExamples}`);
  return {
    pairs: await database.count("SELECT count(*) FROM pairs"),
    clusters: await database.count("SELECT count(DISTINCT kept) FROM dropped"),
    removed: removed.map(({ split, kept_split, rows }) => ({
      split: String(split),
      kept: String(kept_split),
      rows: Number(rows),
    })),
    examples: examples.map((row) => ({
      left: String(row["left"]),
      leftSplit: String(row["left_split"]),
      right: String(row["right"]),
      rightSplit: String(row["right_split"]),
      similarity: Number(row["similarity"]),
    })),
    files: [pairsFile],
  };
}
