import { join } from "node:path";
import type { PreparedData } from "../../../pipelines/retrain/run.ts";
import type { Manifest } from "../../../trainer/contract/generated/contract.ts";
import type { Clients } from "../../clients/clients.ts";
import { digestOf } from "../../digest.ts";
import { download } from "../../storage/download.ts";
import { joinUri, parseObjectUri } from "../../storage/object-uri.ts";
import { inTemporaryFolder } from "../../temporary.ts";
import { Database } from "../database.ts";
import { compareData, driftVersion, type Side } from "../drift/compare.ts";
import { type Drift, driftSentence, significantShifts, worst } from "../drift/drift.ts";
import { readManifest } from "../manifest.ts";
import { truncationAt } from "../text-statistics/truncation.ts";
import { renderReport } from "./render.ts";
import type { Examples } from "./report.ts";

type ReportClients = Pick<Clients, "storage"> & { readonly environment: Pick<Clients["environment"], "storage"> };

export interface RunReportInput {
  /** Folder of the prepared data. */
  readonly uri: string;
  readonly manifest: Manifest;
  /** Folder of the data that the champion learnt from; null where there is none. */
  readonly championUri: string | null;
  /** Tokens after which the training cuts texts. */
  readonly maxLength: number | null;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string) => void;
}

/** Rows of each side that are compared: enough for 1 % of a category to show. */
const comparedRows = 200_000;

/**
 * What a run adds to its data's report: the drift from its champion's data, and where its training cuts. Both lie under
 * the data's folder, named by what they depend on, and are found again.
 */
export async function reportRun(
  clients: ReportClients,
  { uri, manifest, championUri, maxLength, signal, onProgress }: RunReportInput,
): Promise<NonNullable<PreparedData["report"]>> {
  const { storage } = clients;
  const compared = championUri === uri ? null : championUri;
  const folder = joinUri(uri, "runs", digestOf({ driftVersion, compared, maxLength }).slice(0, 16));
  const driftUri = joinUri(folder, "drift.json");
  const reportUri = joinUri(folder, "report.html");
  const there = (await storage.stat(reportUri)) === null ? null : await storage.readText(driftUri);
  if (there !== null) return described(JSON.parse(there) as Drift | null);

  const champion = compared === null ? null : await readManifest(storage, compared);
  const drift =
    compared === null || champion === null
      ? null
      : await inTemporaryFolder(async (scratch) => {
          onProgress("comparing the data with the champion's");
          const before = await bring(clients, compared, champion, join(scratch, "champion"), signal);
          const now = await bring(clients, uri, manifest, join(scratch, "data"), signal);
          if (before.shards.length === 0 || now.shards.length === 0) return null;
          using database = await Database.open(join(scratch, "database"), { signal });
          return await compareData(database, before, now);
        });
  await storage.writeText(driftUri, `${JSON.stringify(drift, null, 2)}\n`, { contentType: "application/json" });
  const examples = await storage.readText(joinUri(uri, "examples.json"));
  const page = renderReport({
    manifest,
    examples: examples === null ? { rows: [], rejected: [] } : (JSON.parse(examples) as Examples),
    drift,
    maxLength,
  });
  await storage.writeText(reportUri, page, { contentType: "text/html; charset=utf-8" });
  return described(drift);

  function described(drift: Drift | null): NonNullable<PreparedData["report"]> {
    return {
      url: pageOf(clients, reportUri),
      drift:
        drift === null
          ? null
          : { verdict: worst(drift), sentence: driftSentence(drift), shifts: significantShifts(drift) },
      truncation: maxLength === null ? null : truncationAt(manifest.statistics?.tokens, maxLength),
    };
  }
}

/** The first training shards, which are a random sample, checked against their hashes. */
async function bring(
  { storage }: ReportClients,
  uri: string,
  manifest: Manifest,
  folder: string,
  signal: AbortSignal,
): Promise<Side> {
  const shards: string[] = [];
  let rows = 0;
  for (const shard of manifest.splits.train.shards) {
    if (rows >= comparedRows) break;
    const from = joinUri(uri, shard.path);
    const path = join(folder, shard.path);
    const bytes = (await storage.stat(from))?.bytes ?? 0;
    await download(storage.source(from, bytes, shard.sha256), path, { signal });
    shards.push(path);
    rows += shard.rows;
  }
  return { uri, manifest, shards };
}

/** Where a browser shows an object, to whoever may read it. https://cloud.google.com/storage/docs/access-public-data#console */
function pageOf({ environment }: ReportClients, uri: string): string {
  const { bucket, name } = parseObjectUri(uri);
  const path = [bucket, ...name.split("/")].map(encodeURIComponent).join("/");
  return `${environment.storage.endpoint ?? "https://storage.cloud.google.com"}/${path}`;
}
