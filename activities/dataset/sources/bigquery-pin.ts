import type { PinnedTable } from "../../../pipelines/retrain/run.ts";
import type { JobPlace } from "../../clients/bigquery.ts";
import type { Clients } from "../../clients/clients.ts";
import { UserError } from "../../errors.ts";
import { cancellation } from "../../progress.ts";

export function isQuery(rows: string): boolean {
  return /^\s*(select\b|with\b|\()/i.test(rows);
}

/** A table, or a query, with the state of every table that it reads. Throws `NotFound`, `Unauthorized`, `InvalidData`. */
export async function pinTable(
  { bigquery }: Pick<Clients, "bigquery">,
  place: JobPlace,
  rows: string,
  path: string,
): Promise<PinnedTable> {
  const signal = cancellation();
  if (isQuery(rows)) {
    const { tables, bytes, statement } = await bigquery.dryRun(place, rows, signal);
    if (statement !== "SELECT") throw invalid(path, `must be a SELECT, and BigQuery says that it is ${statement}`);
    const states = await Promise.all(tables.map((table) => bigquery.table(table, signal)));
    return { rows, bytes, tables: tables.map((table, index) => ({ table, modified: states[index]?.modified ?? "0" })) };
  }
  if (!/^[^.`\s]+\.[^.`\s]+\.[^.`\s]+$/.test(rows))
    throw invalid(path, `${rows} is neither a table (PROJECT.DATASET.TABLE) nor a query (SELECT …)`);
  const { modified, bytes } = await bigquery.table(rows, signal);
  return { rows, bytes, tables: [{ table: rows, modified }] };
}

function invalid(path: string, message: string): UserError {
  return new UserError("InvalidRecipe", "the rows of BigQuery cannot be read", [{ path, message }]);
}
