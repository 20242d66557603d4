import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Database, identifier, literal, literals } from "./database.ts";
import type { Phase } from "./engine/phase.ts";
import { range, type Work } from "./engine/work.ts";
import type { Plan } from "./plan.ts";
import { position } from "./rows/normalise.ts";
import { rejectedBucket, scatter, timestamp } from "./scatter.ts";

/** What came of a bucket's rows. */
export type Gathered = {
  readonly rows: number;
  readonly duplicates: { readonly withinSplits: number; readonly acrossSplits: number };
};

export const severalLabels = "the same text has several labels";
export const severalGroups = "the same text is in groups of several splits";

/** Of shards. Fixed, because it shapes the bytes; groups are small enough for readers that take one at a time. */
export const shardFormat = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 8192";

/**
 * A bucket by itself: contradictory labels kept aside, exact duplicates dropped, every row put into its split.
 * Leaves a file a split, ordered by id, and maybe `rejected.parquet` (reason, source, row).
 */
export const gather: Phase = {
  name: "gather",
  title: "deduplicating and splitting the rows",
  pieces: ({ buckets }) => buckets,
  async run(work, piece): Promise<Gathered> {
    using database = await work.database();
    await readBucket(work, database, piece);
    const isClassified = work.plan.recipe.task !== "causal-lm";
    await judge(database, work.plan, isClassified);
    const rows = await writeRows(work, database);
    await writeRejected(work, database, piece);
    const duplicates = {
      withinSplits: await judged(database, "within"),
      acrossSplits: await judged(database, "across"),
    };
    return { rows, duplicates };
  },
};

/** The view `dealt`: all of the bucket's rows, of every chunk. */
async function readBucket(work: Work, database: Database, bucket: number): Promise<void> {
  const files = await partsOf(work, bucket);
  const columns = dealtColumns(work.plan);
  const nothing = `SELECT ${columns.map((name) => `CAST(NULL AS ${name === "time" ? "TIMESTAMP" : "VARCHAR"}) AS ${identifier(name)}`).join(", ")} LIMIT 0`;
  const some = `SELECT ${columns.map(identifier).join(", ")} FROM read_parquet([${literals(files)}], hive_partitioning = false)`;
  await database.run(`CREATE VIEW dealt AS ${files.length === 0 ? nothing : some}`);
}

async function partsOf(work: Work, bucket: number): Promise<string[]> {
  const parts = range(scatter.pieces(work.plan)).map((chunk) => work.file("scatter", chunk, `rows/bucket=${bucket}`));
  return (await Promise.all(parts.map(parquetFiles))).flat();
}

async function parquetFiles(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

function dealtColumns({ recipe }: Plan): string[] {
  const { splits, columns } = recipe;
  const group = splits.group === undefined ? [] : ["group"];
  const time = splits.time === undefined ? [] : ["time"];
  return ["id", "text", "label", ...columns.slices, ...group, ...time, "source", "role"];
}

/**
 * The table `judged`: rows whose text is there more than once, and what becomes of each. Most texts are there once, and
 * are not touched. Of equal texts the same row stays in whatever order they come, and it stays in its split.
 */
async function judge(database: Database, plan: Plan, isClassified: boolean): Promise<void> {
  const { slices } = plan.recipe.columns;
  const order = [...(plan.recipe.splits.time === undefined ? [] : ["time"]), "text", "label", ...slices, "source"]
    .map(identifier)
    .join(", ");
  await database.run("CREATE TABLE repeated AS SELECT id FROM dealt GROUP BY id HAVING count(*) > 1");
  await database.run(`
    CREATE TABLE judged AS
    WITH split_rows AS (SELECT *, ${splitOf(plan)} AS split FROM dealt WHERE id IN (SELECT id FROM repeated)),
    labelled AS (
      SELECT *, ${isClassified ? "min(label) OVER roles <> max(label) OVER roles" : "false"} AS has_several_labels,
        ${plan.recipe.splits.group === undefined ? "false" : "min(split) OVER roles <> max(split) OVER roles"} AS has_several_groups
      FROM split_rows WINDOW roles AS (PARTITION BY role, id)),
    numbered AS (
      SELECT *, row_number() OVER (PARTITION BY role, id ORDER BY ${order}) AS number,
        bool_or(role = 'test' AND NOT has_several_labels AND NOT has_several_groups) OVER (PARTITION BY id) AS is_in_test
      FROM labelled)
    SELECT * EXCLUDE (has_several_labels, has_several_groups, number, is_in_test),
      CASE WHEN has_several_labels THEN 'labels' WHEN has_several_groups THEN 'groups'
        WHEN number > 1 THEN 'within' WHEN role = 'train' AND is_in_test THEN 'across' ELSE 'kept' END AS verdict
    FROM numbered`);
}

async function judged(database: Database, verdict: string): Promise<number> {
  return database.count(`SELECT count(*) FROM judged WHERE verdict = ${literal(verdict)}`);
}

/** A file for each split that has rows here, as its shard will be unless rows are left out or columns added. */
async function writeRows(work: Work, database: Database): Promise<number> {
  const { plan } = work;
  const columns = gatheredColumns(plan).map(identifier).join(", ");
  const messages = plan.recipe.task === "causal-lm" ? ", text AS messages" : "";
  await database.run(`
    CREATE VIEW kept AS
    SELECT *${messages}, ${splitOf(plan)} AS split FROM dealt WHERE id NOT IN (SELECT id FROM repeated)
    UNION ALL BY NAME
    SELECT * EXCLUDE (verdict)${messages} FROM judged WHERE verdict = 'kept'`);
  const found = await database.rows("SELECT split, count(*) AS n FROM kept GROUP BY split ORDER BY split");
  const splits = found.map((row) => ({ split: String(row["split"]), rows: Number(row["n"]) }));
  // A bucket without rows has a file, too, which says the columns.
  for (const { split } of splits.length > 0 ? splits : [{ split: "train" }]) {
    const file = work.target(`${split}.parquet`);
    const rows = `SELECT ${columns} FROM kept WHERE split = ${literal(split)} ORDER BY id`;
    await database.run(`COPY (${rows}) TO ${literal(file)} (${shardFormat})`);
  }
  return splits.reduce((sum, { rows }) => sum + rows, 0);
}

/** Columns of the rows that a bucket keeps. */
export function gatheredColumns({ recipe: { task, columns, splits } }: Plan): string[] {
  const group = splits.group === undefined ? [] : ["group"];
  const time = splits.time === undefined ? [] : ["time"];
  const content = task === "causal-lm" ? ["messages", "text", "label"] : ["text", "label"];
  return ["id", ...content, ...columns.slices, ...group, ...time, "source"];
}

/** Which split a row of `dealt` is in. */
function splitOf({ recipe: { splits }, chunks }: Plan): string {
  const { time } = splits;
  if (time !== undefined) {
    const validation =
      time.validation === undefined ? "" : `WHEN time >= ${timestamp(time.validation)} THEN 'validation'`;
    return `CASE WHEN time >= ${timestamp(time.test)} THEN 'test' ${validation} ELSE 'train' END`;
  }
  const test = chunks.some(({ role }) => role === "test") ? 0 : splits.test;
  // Rows without a group are each by itself.
  const where = position(splits.group === undefined ? "id" : `CASE WHEN "group" = '' THEN id ELSE sha256("group") END`);
  return `CASE WHEN role = 'test' OR ${where} < ${test} THEN 'test' WHEN ${where} < ${test + splits.validation} THEN 'validation' ELSE 'train' END`;
}

/** Bad rows of all chunks are shared out among the buckets by their content, so that no order of files shows. */
async function writeRejected(work: Work, database: Database, bucket: number): Promise<void> {
  const columns = dealtColumns(work.plan).filter((name) => !["id", "source", "role"].includes(name));
  const struct = `{${columns.map((name) => `${literal(name)}: ${identifier(name)}`).join(", ")}}`;
  const bad = await partsOf(work, rejectedBucket);
  const broken =
    bad.length === 0
      ? ""
      : `UNION ALL SELECT reason, source, row FROM read_parquet([${literals(bad)}], hive_partitioning = false)
         WHERE CAST('0x' || substr(md5(row), 1, 8) AS UBIGINT) % ${work.plan.buckets} = ${bucket}`;
  await database.run(`
    CREATE TABLE rejected AS
    SELECT CASE verdict WHEN 'labels' THEN ${literal(severalLabels)} ELSE ${literal(severalGroups)} END AS reason,
      source, CAST(to_json(${struct}) AS VARCHAR) AS row
    FROM judged WHERE verdict IN ('labels', 'groups') ${broken}`);
  if ((await database.count("SELECT count(*) FROM rejected")) === 0) return;
  await database.run(
    `COPY (FROM rejected ORDER BY ALL) TO ${literal(work.target("rejected.parquet"))} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
