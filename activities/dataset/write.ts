import { constants, existsSync } from "node:fs";
import { copyFile, link, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Database, identifier, literal, literals } from "./database.ts";
import type { Phase } from "./engine/phase.ts";
import { fiveDigits, lastPhase, sha256OfFile, type Work } from "./engine/work.ts";
import { gather, gatheredColumns, shardFormat } from "./gather.ts";
import type { Plan } from "./plan.ts";
import { staysBy } from "./sampling.ts";
import { hasKnownLabels, labelList, type Settled, type SplitName, settle } from "./settle.ts";

export type Shard = { readonly path: string; readonly rows: number; readonly sha256: string };

export type Written = {
  readonly splits: {
    readonly [Name in SplitName]: { readonly shard: Shard | null; readonly labels: Record<string, number> };
  };
  readonly rejected: { readonly shard: Shard | null; readonly reasons: Record<string, number> };
  readonly sampledOut: number;
  /** Source → split → rows. */
  readonly sources: Record<string, Record<string, number>>;
};

export const unknownLabel = "its label is in no training row";

/** Writes a bucket's shards: one a split, ordered by id, and one of what was kept aside. */
export const write: Phase = {
  name: "write",
  title: "writing the shards",
  pieces: ({ buckets }) => buckets,
  async run(work, piece): Promise<Written> {
    using database = await work.database();
    const { unseen, rules } = await work.outcome<Settled>(settle, 0);
    const known = hasKnownLabels(work.plan, unseen);
    const stays = staysBy(rules);
    const rows = work.rows(piece);
    const sources = await sourceCounts(database, rows, `${known} AND ${stays}`);
    const shard = async (split: SplitName) =>
      writeSplit(work, database, piece, split, `${known} AND ${stays}`, sources);
    return {
      splits: { train: await shard("train"), validation: await shard("validation"), test: await shard("test") },
      rejected: await writeRejected(work, database, piece, known, unseen.length > 0),
      sampledOut:
        rules.length === 0 ? 0 : await database.count(`SELECT count(*) FROM ${rows} WHERE ${known} AND NOT (${stays})`),
      sources,
    };
  },
};

/** Columns of a shard. */
export function shardColumns(plan: Plan, added: readonly string[]): string[] {
  const columns = gatheredColumns(plan);
  return [...columns, ...added.filter((name) => !columns.includes(name))];
}

async function sourceCounts(database: Database, rows: string, where: string): Promise<Written["sources"]> {
  const found = await database.rows(
    `SELECT source, split, count(*) AS n FROM ${rows} WHERE ${where} GROUP BY ALL ORDER BY ALL`,
  );
  const sources: Written["sources"] = {};
  for (const row of found) {
    const source = String(row["source"]);
    sources[source] = { ...sources[source], [String(row["split"])]: Number(row["n"]) };
  }
  return sources;
}

async function writeSplit(
  work: Work,
  database: Database,
  piece: number,
  split: SplitName,
  where: string,
  sources: Written["sources"],
): Promise<Written["splits"][SplitName]> {
  const rows = Object.values(sources).reduce((sum, splits) => sum + (splits[split] ?? 0), 0);
  if (rows === 0) return { shard: null, labels: {} };
  const { plan, passes } = work;
  const added = passes.filter(({ at }) => at === "rows").flatMap(({ adds = [] }) => adds);
  const path = `${split}/part-${fiveDigits(piece)}.parquet`;
  const file = await outputTarget(work, path);
  const gathered = work.file(gather.name, piece, `${split}.parquet`);
  if (
    added.length === 0 &&
    (await database.count(`SELECT count(*) FROM read_parquet(${literal(gathered)})`)) === rows
  ) {
    await linkOrCopy(gathered, file);
  } else {
    const columns = shardColumns(plan, added).map(identifier).join(", ");
    await database.run(`
      COPY (SELECT ${columns} FROM ${work.rows(piece)} WHERE split = ${literal(split)} AND ${where} ORDER BY id)
      TO ${literal(file)} (${shardFormat})`);
  }
  return {
    shard: { path, rows, sha256: await sha256OfFile(file) },
    labels: await labelCounts(database, plan, file),
  };
}

/** The same bytes under another name, without their being written again where the file system can do that. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!["EXDEV", "EPERM", "EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

async function labelCounts(
  database: Database,
  { recipe: { task } }: Plan,
  file: string,
): Promise<Record<string, number>> {
  if (task === "causal-lm") return {};
  const label = task === "multi-label-classification" ? `unnest(${labelList("label")})` : "label";
  const rows = await database.rows(
    `SELECT label, count(*) AS n FROM (SELECT ${label} AS label FROM read_parquet(${literal(file)})) GROUP BY label ORDER BY label`,
  );
  return Object.fromEntries(rows.map((row) => [String(row["label"]), Number(row["n"])]));
}

/** What checks, contradictions, unknown labels and passes kept aside of this bucket, in one shard. */
async function writeRejected(
  work: Work,
  database: Database,
  piece: number,
  known: string,
  hasUnseen: boolean,
): Promise<Written["rejected"]> {
  const { plan } = work;
  const columns = ["id", "text", "label", ...plan.recipe.columns.slices];
  const struct = `CAST(to_json({${columns.map((name) => `${literal(name)}: ${identifier(name)}`).join(", ")}}) AS VARCHAR)`;
  const parts: string[] = [];
  const before = work.file(gather.name, piece, "rejected.parquet");
  if (existsSync(before)) parts.push(`SELECT reason, source, row FROM read_parquet(${literal(before)})`);
  if (hasUnseen)
    parts.push(
      `SELECT ${literal(unknownLabel)} AS reason, source, ${struct} AS row FROM ${work.rows(piece)} WHERE NOT (${known})`,
    );
  const drops = work.passes
    .filter((pass) => pass.drops === true)
    .flatMap((pass) => work.files(lastPhase(pass), "drops.parquet"));
  if (drops.length > 0)
    parts.push(`
      SELECT min(dropped.reason) AS reason, any_value(rows.source) AS source, any_value(${struct}) AS row
      FROM ${work.gathered([piece])} AS rows JOIN (SELECT id AS dropped_id, reason FROM read_parquet([${literals(drops)}])) AS dropped
      ON id = dropped_id GROUP BY id`);
  if (parts.length === 0) return { shard: null, reasons: {} };
  await database.run(`CREATE TABLE rejected AS ${parts.join(" UNION ALL ")}`);
  const found = await database.rows("SELECT reason, count(*) AS n FROM rejected GROUP BY reason ORDER BY reason");
  const reasons = Object.fromEntries(found.map((row) => [String(row["reason"]), Number(row["n"])]));
  const count = Object.values(reasons).reduce((sum, one) => sum + one, 0);
  if (count === 0) return { shard: null, reasons };
  const path = `rejected/part-${fiveDigits(piece)}.parquet`;
  const file = await outputTarget(work, path);
  await database.run(`COPY (FROM rejected ORDER BY ALL) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`);
  return { shard: { path, rows: count, sha256: await sha256OfFile(file) }, reasons };
}

async function outputTarget(work: Work, path: string): Promise<string> {
  const file = work.target(`output/${path}`);
  await mkdir(dirname(file), { recursive: true });
  return file;
}
