import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import type { Recipe } from "../../../pipelines/retrain/recipe.ts";
import type { DataPin, PinnedFiles, Pins, SourcePin } from "../../../pipelines/retrain/run.ts";
import type { Clients } from "../../clients/clients.ts";
import { sha256 } from "../../digest.ts";
import { UserError } from "../../errors.ts";
import type { PinnedRepo } from "../../hub/hub.ts";
import { download } from "../../storage/download.ts";
import type { ByteSource } from "../../storage/transfer.ts";
import type { Database } from "../database.ts";
import type { PlannedSource } from "../make-plan.ts";
import type { PlannedFile } from "../plan.ts";
import { exportedRows } from "./bigquery-export.ts";
import { formatOf } from "./format.ts";
import { type ListedObject, readListing } from "./listing.ts";
import { usualChunkBytes } from "./parts.ts";
import { matching } from "./patterns.ts";
import { type RowGroup, rowGroupsOf } from "./row-groups.ts";

/** A file that can be brought to where the plan says it lies. */
export interface RemoteFile {
  readonly planned: PlannedFile;
  fetch(signal: AbortSignal): Promise<void>;
  readonly content: ByteSource;
  readonly isInCloudStorage: boolean;
}

export interface RemoteSource extends Omit<PlannedSource, "train" | "test" | "isRowWise"> {
  readonly train: readonly RemoteFile[];
  readonly test: readonly RemoteFile[];
}

/** Every file of the pinned data, to be brought into `folder`. Throws `NotFound` for what has vanished. */
export async function remoteSources(
  clients: Clients,
  data: Recipe["data"],
  pin: DataPin,
  folder: string,
  signal: AbortSignal,
): Promise<RemoteSource[]> {
  const parts = pin.source === "mix" ? pin.sources : [{ name: "data", weight: 1, pin }];
  return Promise.all(
    parts.map(async ({ name, weight, pin: part }) => {
      const recipe = data.source === "mix" ? data.sources.find((one) => one.name === name) : data;
      const sql = recipe?.sql;
      const files = await remoteFiles(clients, part, folder, signal);
      return { name, weight, ...(sql === undefined ? {} : { sql }), ...files };
    }),
  );
}

/** The evaluation sets that the recipe names, each as a source of its name. */
export async function evaluationSources(
  clients: Clients,
  { contamination }: Pick<Recipe, "contamination">,
  pins: Pick<Pins, "evaluationSets">,
  folder: string,
): Promise<RemoteSource[]> {
  const sets = (contamination?.against ?? []).map(async ({ name, files }, index) => {
    const pin = pins.evaluationSets?.[index];
    if (pin === undefined) throw new Error(`the evaluation set ${name} has no pin`);
    const train = typeof files === "string" ? [files] : files;
    return { name, weight: 1, ...(await hubFiles(clients, { source: "hub", ...pin, train, test: null }, folder)) };
  });
  return Promise.all(sets);
}

type Files = Pick<RemoteSource, "train" | "test">;

async function remoteFiles(clients: Clients, pin: SourcePin, folder: string, signal: AbortSignal): Promise<Files> {
  switch (pin.source) {
    case "hub":
      return hubFiles(clients, pin, folder);
    case "file":
    case "storage": {
      const read = (files: PinnedFiles | null) => (files === null ? [] : readListing(clients, files));
      const objects = async (files: PinnedFiles | null) =>
        (await read(files)).map((object) => remoteObject(clients, object, folder));
      return { train: await objects(pin.train), test: await objects(pin.test) };
    }
    case "bigquery": {
      const rows = async (table: typeof pin.test) =>
        table === null
          ? []
          : (await exportedRows(clients, pin, table, signal)).map((one) => remoteObject(clients, one, folder));
      return { train: await rows(pin.train), test: await rows(pin.test) };
    }
  }
}

async function hubFiles({ hub }: Clients, pin: SourcePin & { source: "hub" }, folder: string): Promise<Files> {
  const repo: PinnedRepo = { type: "dataset", name: pin.dataset, revision: pin.revision, gated: false };
  const entries = new Map((await hub.files(repo)).map((entry) => [entry.path, entry]));
  const where = `the dataset ${pin.dataset} at ${pin.revision}`;
  const remote = (patterns: readonly string[] | null): RemoteFile[] =>
    matching(patterns ?? [], [...entries.keys()], where).flatMap((path) => {
      const entry = entries.get(path);
      if (entry === undefined) return [];
      const source = hub.source(repo, entry);
      const uri = `hf://datasets/${repo.name}/${path}`;
      const planned = plannedFile(uri, repo.revision, source.bytes, folder);
      return [
        {
          planned,
          content: source,
          isInCloudStorage: false,
          fetch: (signal: AbortSignal) => download(source, planned.path, { signal }),
        },
      ];
    });
  return { train: remote(pin.train), test: remote(pin.test) };
}

function remoteObject({ storage }: Clients, { uri, bytes, checksum }: ListedObject, folder: string): RemoteFile {
  const planned = plannedFile(uri, checksum.replace(/^sha256:/, ""), bytes, folder);
  const content = storage.source(uri, bytes, /^(?:sha256|crc32c):(.+)$/.exec(checksum)?.[1]);
  return {
    planned,
    content,
    isInCloudStorage: true,
    async fetch(signal) {
      const there = await storage.stat(uri);
      if (there === null) throw new UserError("NotFound", `the object ${uri} has vanished since the run began`);
      const isOther = checksum.startsWith("crc32c:") && checksum !== `crc32c:${there.crc32c}`;
      if (isOther || there.bytes !== bytes)
        throw new UserError(
          "SourceChanged",
          `the object ${uri} is another one than when the run began; start a new run`,
        );
      await download(content, planned.path, { signal });
    },
  };
}

/** The name is a hash, whatever characters the address has; the ending stays, which says how it is packed. */
function plannedFile(uri: string, revision: string, bytes: number, folder: string): PlannedFile {
  const packing = /\.(gz|zst)$/.exec(uri)?.[0] ?? "";
  const ending = extname(uri.slice(0, uri.length - packing.length)) + packing;
  return { path: join(folder, `${sha256(uri).slice(0, 32)}${ending}`), uri, revision, bytes, format: formatOf(uri) };
}

/** Row groups of the Parquet files that are large enough to be read in parts, by path. */
export async function rowGroups(
  database: Database,
  sources: readonly RemoteSource[],
  scratch: string,
  signal: AbortSignal,
): Promise<Map<string, RowGroup[]>> {
  const large = sources
    .flatMap(({ train, test }) => [...train, ...test])
    .filter(({ planned }) => planned.format === "parquet" && planned.bytes > usualChunkBytes);
  const found = new Map<string, RowGroup[]>();
  for (const { planned, content } of large)
    found.set(planned.path, await rowGroupsOf(database, content, join(scratch, "footer.parquet"), signal));
  return found;
}

/** Brings each file once, however many pieces ask for it at once. */
export function fetcher(sources: readonly RemoteSource[], signal: AbortSignal): (path: string) => Promise<void> {
  const files = new Map(
    sources.flatMap(({ train, test }) => [...train, ...test]).map((file) => [file.planned.path, file]),
  );
  const underWay = new Map<string, Promise<void>>();
  return async (path) => {
    const file = files.get(path);
    if (file === undefined || existsSync(path)) return;
    const fetching = underWay.get(path) ?? file.fetch(signal).finally(() => underWay.delete(path));
    underWay.set(path, fetching);
    await fetching;
  };
}
