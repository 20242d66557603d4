import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { validateRecipe } from "../../pipelines/retrain/validate.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { UserError } from "../errors.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { type Cell, Database, literals } from "./database.ts";
import type { Pass } from "./engine/phase.ts";
import { makePlan, type PlanInput, type PlannedSource } from "./make-plan.ts";
import type { PlannedFile, PlannedRecipe } from "./plan.ts";
import { plannedRecipe as plannedPart } from "./prepare-data.ts";
import { prepareFiles } from "./prepare-files.ts";
import { splitNames } from "./settle.ts";
import { formatOf } from "./sources/format.ts";

/** For tests: rows in, prepared rows out. */

export type Row = Readonly<Record<string, unknown>>;

/** The parts of a recipe that shape data, with its defaults. */
export function plannedRecipe(changes: Record<string, unknown> = {}): PlannedRecipe {
  const parsed = validateRecipe({
    name: "test",
    task: "text-classification",
    model: { base: "owner/model" },
    data: { source: "file", train: "train.jsonl" },
    train: { hardware: { machine: "c3-standard-4" } },
    gate: {},
    promote: { endpoint: "test" },
    splits: { validation: 0.25, test: 0.25 },
    ...changes,
  });
  if (!parsed.ok) throw new UserError("InvalidRecipe", "the test's recipe", parsed.problems);
  return plannedPart(parsed.value);
}

export async function writeRows(folder: string, name: string, rows: readonly Row[]): Promise<PlannedFile> {
  return writeText(folder, name, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

export async function writeText(folder: string, name: string, content: string | Uint8Array): Promise<PlannedFile> {
  const path = join(folder, name);
  await writeFile(path, content);
  const bytes = Buffer.byteLength(content);
  return { path, uri: `hf://datasets/owner/data/${name}`, revision: "abc", bytes, format: formatOf(name) };
}

export function source(train: readonly PlannedFile[], more: Partial<PlannedSource> = {}): PlannedSource {
  return { name: "data", weight: 1, isRowWise: true, train, test: [], ...more };
}

export interface Prepared {
  readonly manifest: Manifest;
  /** In the order of the shards. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** Text → split. */
  readonly placed: ReadonlyMap<string, string>;
  /** Path → content in base64, of every file. */
  readonly files: Readonly<Record<string, string>>;
  readonly rejected: readonly {
    readonly reason: string;
    readonly source: string;
    readonly row: Record<string, unknown>;
  }[];
}

/** Prepares in a folder that is gone afterwards. Small data has one bucket, unless a test wants more. */
export async function prepare(
  build: (folder: string) => Promise<PlanInput>,
  {
    buckets,
    lanes = 1,
    ...options
  }: {
    readonly buckets?: number;
    readonly lanes?: number;
    readonly memory?: number;
    readonly passes?: readonly Pass[];
  } = {},
): Promise<Prepared> {
  return inTemporaryFolder(async (folder) => {
    const made = makePlan(await build(folder));
    const plan = buckets === undefined ? made : { ...made, buckets };
    const manifest = await prepareFiles({ plan, folder: join(folder, "work"), lanes, ...options });
    return readPrepared(join(folder, "work/output"), manifest);
  });
}

export async function readPrepared(output: string, manifest: Manifest): Promise<Prepared> {
  return inTemporaryFolder(async (scratch) => {
    using database = await Database.open(scratch);
    const read = async (paths: readonly string[]): Promise<Record<string, Cell>[]> =>
      paths.length === 0
        ? []
        : database.rows(`SELECT * FROM read_parquet([${literals(paths.map((path) => join(output, path)))}])`);
    const shardsOf = (split: (typeof splitNames)[number]) => manifest.splits[split].shards.map(({ path }) => path);
    const rows = await Promise.all(
      splitNames.map(async (split) => (await read(shardsOf(split))).map((row) => ({ ...row, split }))),
    );
    const rejectedShards = (manifest.rejectedShards ?? []).map(({ path }) => path);
    const rejected = (await read(rejectedShards)).map((row) => ({
      reason: String(row["reason"]),
      source: String(row["source"]),
      row: JSON.parse(String(row["row"])) as Record<string, unknown>,
    }));
    const paths = ["manifest.json", ...splitNames.flatMap(shardsOf), ...rejectedShards];
    const files = await Promise.all(
      paths.map(async (path) => [path, (await readFile(join(output, path))).toString("base64")] as const),
    );
    const all: Readonly<Record<string, Cell>>[] = rows.flat();
    return {
      manifest,
      rows: all,
      placed: new Map(all.map((row) => [String(row["text"]), String(row["split"])])),
      files: Object.fromEntries(files),
      rejected,
    };
  });
}

export async function failureOf(work: Promise<unknown>): Promise<UserError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UserError) return error;
  throw new Error("expected a UserError", { cause: error });
}
