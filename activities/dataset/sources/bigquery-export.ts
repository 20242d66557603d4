import type { PinnedTable } from "../../../pipelines/retrain/run.ts";
import type { JobPlace } from "../../clients/bigquery.ts";
import type { Clients } from "../../clients/clients.ts";
import { digestOf } from "../../digest.ts";
import { UserError } from "../../errors.ts";
import { joinUri } from "../../storage/object-uri.ts";
import { isQuery } from "./bigquery-pin.ts";
import type { ListedObject } from "./listing.ts";

/** Written last: an export without it is not all there. */
const marker = "export.json";

/**
 * The rows as Parquet in Cloud Storage, exported once. A table is read as it was when it was pinned, which BigQuery can
 * give for seven days; a query reads its tables as they are, and fails where one has changed since.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/export-statements
 */
export async function exportedRows(
  { bigquery, storage, environment }: Pick<Clients, "bigquery" | "storage" | "environment">,
  place: JobPlace,
  table: PinnedTable,
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const digest = digestOf({ ...place, ...table, bytes: 0 });
  const folder = `gs://${environment.bucket}/exports/${digest}`;
  const there = await storage.readText(joinUri(folder, marker));
  if (there !== null) return JSON.parse(there);
  if (isQuery(table.rows)) {
    for (const { table: name, modified } of table.tables) {
      if ((await bigquery.table(name, signal)).modified !== modified)
        throw new UserError("SourceChanged", `the table ${name} has changed since the run began; start a new run`);
    }
  }
  // What an earlier try left half is written over: a job's id is used once.
  const attempt = crypto.randomUUID().slice(0, 8);
  await bigquery.run(place, `retemper-${digest.slice(0, 32)}-${attempt}`, exportStatement(table, folder), signal);
  const objects = (await storage.list(folder))
    .filter(({ uri }) => uri.endsWith(".parquet"))
    .map(({ uri, bytes, crc32c, generation }) => ({
      uri,
      bytes,
      checksum: crc32c === null ? `generation:${generation}` : `crc32c:${crc32c}`,
    }));
  if (objects.length === 0) throw new UserError("InvalidData", `BigQuery exported no rows of ${table.rows}`);
  await storage.writeText(joinUri(folder, marker), JSON.stringify(objects), { contentType: "application/json" });
  return objects;
}

function exportStatement({ rows, tables }: PinnedTable, folder: string): string {
  const options = `uri = '${joinUri(folder, "part-*.parquet")}', format = 'PARQUET', compression = 'ZSTD', overwrite = true`;
  const select = isQuery(rows)
    ? rows.trim().replace(/;$/, "")
    : `SELECT * FROM \`${rows}\` FOR SYSTEM_TIME AS OF TIMESTAMP_MILLIS(${tables[0]?.modified ?? "0"})`;
  return `EXPORT DATA OPTIONS (${options}) AS\n${select}`;
}
