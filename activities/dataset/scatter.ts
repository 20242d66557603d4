import { rm } from "node:fs/promises";
import { UserError } from "../errors.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { Phase } from "./engine/phase.ts";
import type { Work } from "./engine/work.ts";
import { columnsOfWhole } from "./inspect.ts";
import type { Chunk, Plan } from "./plan.ts";
import { checksOf, firstReason } from "./rows/checks.ts";
import { type Mapping, mappingOf } from "./rows/mapping.ts";
import { betweenBlanks } from "./rows/normalise.ts";
import { checkStatement } from "./rows/sandbox.ts";
import { explain } from "./sources/explain.ts";
import { copyLines } from "./sources/lines.ts";
import { relationOf, relationOfChunk, relationOfPart } from "./sources/relation.ts";

/** What a chunk had. */
export type Scattered = {
  readonly rows: number;
  /** Reason → rows that break a check. */
  readonly bad: Readonly<Record<string, number>>;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

/** Rows that break a check lie in a bucket of their own. */
export const rejectedBucket = -1;

/** Rows in memory before they are appended to the buckets' files. */
const rowsAtOnce = 16_384;

/**
 * Reads a chunk once: maps its columns, checks its rows, and deals them out by the hash of their normalised text, so that
 * every bucket has all rows whose ids begin alike.
 */
export const scatter: Phase = {
  name: "scatter",
  title: "reading and checking the rows",
  pieces: ({ chunks }) => chunks.length,
  async run(work, piece): Promise<Scattered> {
    const chunk = work.plan.chunks[piece];
    if (chunk === undefined) throw new Error(`the plan has no chunk ${piece}`);
    for (const { path } of chunk.files) await work.fetch(path);
    try {
      using database = await work.database();
      return await scatterChunk(work, database, chunk);
    } catch (error) {
      throw work.signal?.aborted || error instanceof UserError ? error : await explain(error, chunk);
    }
  },
};

async function scatterChunk(work: Work, database: Database, chunk: Chunk): Promise<Scattered> {
  const part = await partOfLines(work, chunk);
  const shaped = await shapedRelation(database, chunk, part?.relation ?? relationOfChunk(chunk));
  await database.confine(
    chunk.files.map(({ path }) => path),
    [work.target(".")],
  );
  const columns = await database.describe(shaped);
  const mapping = mappingOf(work.plan.recipe, columns, chunk.files[0]?.uri ?? chunk.source);
  await database.run("SET preserve_insertion_order = false");
  await database.run(`SET partitioned_write_flush_threshold = ${rowsAtOnce}`);
  const target = work.target("rows");
  await database.run(`
    COPY (${dealt(work.plan, chunk, mapping, shaped)}) TO ${literal(target)}
    (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1, PARTITION_BY (bucket))`);
  const written = `read_parquet(${literal(`${target}/*/*.parquet`)}, hive_partitioning = false)`;
  const reasons = await database
    .rows(`SELECT reason, count(*) AS n FROM ${written} GROUP BY reason ORDER BY reason`)
    .catch(noFiles);
  if (part !== null) await rm(part.path);
  const count = (row: Record<string, unknown>): number => Number(row["n"]);
  return {
    rows: reasons.reduce((sum, row) => sum + count(row), 0),
    bad: Object.fromEntries(
      reasons.filter((row) => row["reason"] !== null).map((row) => [String(row["reason"]), count(row)]),
    ),
    columns: columns.toSorted((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

/** Some lines of a file, copied to be read: nothing reads a file's bytes in part. Null where a chunk is no such part. */
async function partOfLines(work: Work, chunk: Chunk): Promise<{ path: string; relation: string } | null> {
  const [file] = chunk.files;
  if (chunk.bytes === undefined || file === undefined) return null;
  const path = work.target(`lines.${file.format}`);
  await copyLines(file.path, chunk.bytes, path);
  const columns = await columnsOfWhole(work, chunk);
  return {
    path,
    relation: columns === undefined ? relationOf({ ...file, path }) : relationOfPart(path, columns),
  };
}

/** A chunk without rows writes no file. */
function noFiles(error: unknown): [] {
  if (String(error).includes("No files found")) return [];
  throw error;
}

/** The chunk's rows as the recipe's SQL makes them. */
async function shapedRelation(database: Database, chunk: Chunk, source: string): Promise<string> {
  if (chunk.sql === undefined) return source;
  await checkStatement(database, chunk.sql, "data.sql");
  const sql = chunk.sql.trim().replace(/;$/, "");
  return `(WITH source AS (SELECT * FROM ${source}) SELECT * FROM (${sql}\n))`;
}

function dealt(plan: Plan, chunk: Chunk, mapping: Mapping, shaped: string): string {
  const { recipe, buckets } = plan;
  const slices = mapping.slices.map(
    (name) => `coalesce(CAST(${identifier(name)} AS VARCHAR), '(none)') AS ${identifier(name)}`,
  );
  const names = mapping.slices.map(identifier);
  const kept = [
    "text",
    "label",
    ...names,
    ...(mapping.group === null ? [] : ['"group"']),
    ...(mapping.time === null ? [] : ["time"]),
  ];
  const used = usedColumns(plan);
  const outside = windowChecks(recipe.splits.time);
  return `
    WITH shaped AS (SELECT * FROM ${shaped}),
    mapped AS (
      SELECT ${mapping.text} AS text, ${mapping.label} AS label, ${[...slices, ""].join(", ")}
        ${mapping.group === null ? "" : `${mapping.group} AS "group",`} ${mapping.time === null ? "" : `${mapping.time} AS time,`}
        ${firstReason(checksOf(recipe.schema.columns))} AS reason,
        {${used.map((name) => `${literal(name)}: ${identifier(name)}`).join(", ")}} AS raw
      FROM shaped),
    spaced AS (SELECT *, ${betweenBlanks("text")} AS spaced FROM mapped),
    checked AS (
      SELECT * REPLACE (coalesce(reason, ${firstReason([...mapping.checks, ...outside])}) AS reason) FROM spaced),
    keyed AS (SELECT *, CASE WHEN reason IS NULL THEN substr(sha256(spaced), 1, 32) END AS id FROM checked)
    SELECT id, ${kept.join(", ")}, ${literal(chunk.source)} AS source, ${literal(chunk.role)} AS role, reason,
      CASE WHEN reason IS NOT NULL THEN CAST(to_json(raw) AS VARCHAR) END AS row,
      CASE WHEN reason IS NULL THEN CAST(${bucketOf("id", buckets)} AS INTEGER) ELSE ${rejectedBucket} END AS bucket
    FROM keyed`;
}

/** Number of the bucket of a hash in hex, of a power of two of them. */
function bucketOf(hash: string, buckets: number): string {
  return `(CAST('0x' || substr(${hash}, 1, 8) AS UBIGINT) >> ${32 - Math.log2(buckets)})`;
}

/** What is kept of a bad row. */
function usedColumns({ recipe: { task, columns, schema, splits } }: Plan): string[] {
  const content =
    task !== "causal-lm"
      ? [columns.text, columns.label]
      : columns.prompt === undefined
        ? [columns.messages ?? "messages"]
        : [columns.prompt, columns.completion ?? "completion"];
  const others = [splits.group, splits.time?.column].filter((name) => name !== undefined);
  return [...new Set([...content, ...columns.slices, ...Object.keys(schema.columns), ...others])];
}

function windowChecks(time: Plan["recipe"]["splits"]["time"]): { reason: string; isBroken: string }[] {
  if (time === undefined) return [];
  const before = time.from === undefined ? [] : [`time < ${timestamp(time.from)}`];
  const after = time.until === undefined ? [] : [`time >= ${timestamp(time.until)}`];
  const outside = [...before, ...after];
  return [
    { reason: `${time.column} is no time`, isBroken: "time IS NULL" },
    ...(outside.length === 0 ? [] : [{ reason: outsideOfWindow, isBroken: outside.join(" OR ") }]),
  ];
}

/** Rows that are as they should be, but of another time. */
export const outsideOfWindow = "outside of the window of time";

/** UTC, whatever the machine's zone. */
export function timestamp(text: string): string {
  const zoned = /(Z|[+-][0-9:]+)$/.test(text.slice(10));
  return zoned ? `(CAST(${literal(text)} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')` : `CAST(${literal(text)} AS TIMESTAMP)`;
}
