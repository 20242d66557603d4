import { join } from "node:path";
import type { Manifest } from "../../../trainer/contract/generated/contract.ts";
import { type Database, identifier, literals } from "../database.ts";
import { type ExampleRow, type Examples, type RejectedExample, splitNames } from "./report.ts";

const rowsOfSplit = { train: 6, validation: 3, test: 3 } as const;
const rowsOfReason = 3;
const longestValue = 1000;

/** A few rows of prepared data in `folder`. Shards are in the order of ids, which are hashes: the first rows are random ones. */
export async function readExamples(database: Database, folder: string, manifest: Manifest): Promise<Examples> {
  const rows: ExampleRow[] = [];
  for (const split of splitNames) {
    const shard = manifest.splits[split].shards[0];
    if (shard === undefined) continue;
    const slices = manifest.slices.map(identifier);
    const label = manifest.labels.length === 0 ? "''" : "label";
    const found = await database.rows(`
      SELECT left(text, ${longestValue}) AS text, ${label} AS label, to_json([${slices.join(", ")}]::VARCHAR[]) AS slices
      FROM read_parquet([${literals([join(folder, shard.path)])}], hive_partitioning = false)
      ORDER BY id LIMIT ${rowsOfSplit[split]}`);
    for (const row of found) {
      const values = JSON.parse(String(row["slices"])) as string[];
      const named = manifest.slices.map((name, index) => [name, values[index] ?? ""] as const);
      rows.push({ split, label: String(row["label"]), text: String(row["text"]), slices: Object.fromEntries(named) });
    }
  }
  return { rows, rejected: await readRejected(database, folder, manifest) };
}

async function readRejected(database: Database, folder: string, manifest: Manifest): Promise<RejectedExample[]> {
  const shards = (manifest.rejectedShards ?? []).map(({ path }) => join(folder, path));
  if (shards.length === 0) return [];
  const rows = await database.rows(`
    SELECT reason, source, "row"::VARCHAR AS "row" FROM read_parquet([${literals(shards)}], hive_partitioning = false)
    QUALIFY row_number() OVER (PARTITION BY reason ORDER BY md5("row"::VARCHAR), source) <= ${rowsOfReason}
    ORDER BY reason, md5("row"::VARCHAR), source`);
  return rows.map((row) => ({
    reason: String(row["reason"]),
    source: String(row["source"]),
    row: shortened(JSON.parse(String(row["row"])) as Record<string, unknown>),
  }));
}

function shortened(row: Readonly<Record<string, unknown>>): Record<string, string> {
  const shown = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, [...shown(value)].slice(0, longestValue).join("")]),
  );
}
