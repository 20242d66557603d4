import { createReadStream, rmSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PrepareActivities } from "../../pipelines/retrain/activities.ts";
import { preparingSignal } from "../../pipelines/retrain/preparing.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Champion, Pins, PreparedData, ShardedPreparation } from "../../pipelines/retrain/run.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import type { Clients } from "../clients/clients.ts";
import { digestOf } from "../digest.ts";
import { mirrorModel } from "../hub/mirror.ts";
import { decisionOf } from "../ledger/ledger.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { signalsToOwnWorkflow } from "../step-signals.ts";
import { joinUri } from "../storage/object-uri.ts";
import { bytesOf } from "./bytes.ts";
import { Database } from "./database.ts";
import { makePlan } from "./make-plan.ts";
import { readManifest } from "./manifest.ts";
import { type EvaluationSet, type PassInputs, type Plan, type PlannedRecipe, preparationVersion } from "./plan.ts";
import { prepareFiles } from "./prepare-files.ts";
import { reportRun } from "./report/run-report.ts";
import { checkStatement } from "./rows/sandbox.ts";
import { splitNames } from "./settle.ts";
import { inCloudStorage, shardPreparation, throwShardFailure } from "./sharded.ts";
import { evaluationSources, fetcher, type RemoteSource, remoteSources, rowGroups } from "./sources/source-files.ts";
import { inWorkFolder } from "./work-folder.ts";

export function createPrepareActivities(clients: Clients): PrepareActivities {
  return {
    prepareData({ recipe, pins, champion, hasFailed = false }) {
      let step = "looking for prepared data";
      const signals = signalsToOwnWorkflow(preparingSignal);
      return whileAlive(
        () => step,
        async () => {
          const onProgress = (next: string): void => {
            step = next;
          };
          const { repo, revision } = pins.baseModel;
          const baseModelUri = await mirrorModel(
            clients,
            { type: "model", name: repo, revision, gated: false },
            onProgress,
          );
          const digest = preparationDigest(recipe, pins);
          const uri = `gs://${clients.environment.bucket}/datasets/${digest}`;
          const place = { uri, digest, baseModelUri };
          if (hasFailed) await throwShardFailure(clients, digest);
          const there = await readManifest(clients.storage, uri);
          const made = there ?? (await prepare(clients, { recipe, pins, champion, place, onProgress }));
          if ("job" in made) return made;
          const report = await reportRun(clients, {
            uri,
            manifest: made,
            championUri: champion === null ? null : await championDataUri(clients, recipe, champion),
            maxLength: recipe.train.maxLength,
            signal: cancellation(),
            onProgress,
          });
          return { ...describe(made, place), report };
        },
        (said) => signals?.tell(said),
      ).finally(() => signals?.settled());
    },
  };
}

/** Names prepared data by all that shapes it, so that it is found again without being made. */
export function preparationDigest(recipe: Recipe, pins: Pins): string {
  const {
    schema: { drift: _drift, ...checks },
    ...planned
  } = plannedRecipe(recipe);
  return digestOf({
    preparationVersion,
    ...planned,
    checks,
    sql: recipe.data.source === "mix" ? recipe.data.sources.map(({ sql }) => sql ?? null) : (recipe.data.sql ?? null),
    data: pins.data,
    evaluationSets: pins.evaluationSets ?? [],
    // Tokens are counted by the model's own tokenizer, and conversations written by its template.
    model: pins.baseModel,
  });
}

/** The parts of a recipe that shape the data. */
export function plannedRecipe(recipe: Recipe): PlannedRecipe {
  const { task, columns, schema, splits, sampling, nearDuplicates, contamination, statistics } = recipe;
  return {
    ...{ task, columns, schema, splits, statistics },
    ...(sampling === undefined ? {} : { sampling }),
    ...(nearDuplicates === undefined ? {} : { nearDuplicates }),
    ...(contamination === undefined ? {} : { contamination }),
  };
}

interface Preparation {
  readonly recipe: Recipe;
  readonly pins: Pins;
  readonly champion: Champion | null;
  readonly place: { readonly uri: string; readonly digest: string; readonly baseModelUri: string };
  readonly onProgress: (step: string) => void;
}

async function prepare(clients: Clients, preparation: Preparation): Promise<Manifest | ShardedPreparation> {
  const { recipe, pins, place, onProgress } = preparation;
  const signal = cancellation();
  return inWorkFolder(place.digest, signal, async (folder) => {
    onProgress("listing the data");
    const sources = await remoteSources(clients, recipe.data, pins.data, join(folder, "sources"), signal);
    const evaluation = await evaluationSources(clients, recipe, pins, join(folder, "evaluation"));
    if (isLarge(recipe, sources)) {
      const moved = await inCloudStorage(clients, sources, onProgress);
      const movedSets = await inCloudStorage(clients, evaluation, onProgress);
      const inputs = { baseModel: place.baseModelUri, against: evaluationSets(recipe, movedSets) };
      const plan = await planFor(clients, preparation, moved, folder, inputs);
      return shardPreparation(clients, recipe, plan, place);
    }
    const baseModel = await fetchTokenizer(clients, place.baseModelUri, join(folder, "base-model"));
    const manifest = await prepareFiles({
      plan: await planFor(clients, preparation, sources, folder, {
        baseModel,
        against: evaluationSets(recipe, evaluation),
      }),
      folder: join(folder, "work"),
      memory: bytesOf(recipe.preparation.memory),
      signal,
      onProgress,
      fetch: fetcher([...sources, ...evaluation], signal),
      // All that is read of it lies in the buckets by then.
      release: (path) => rmSync(path, { force: true }),
    });
    onProgress("uploading the prepared data");
    await upload(clients, join(folder, "work/output"), place.uri, manifest);
    return manifest;
  });
}

function isLarge({ preparation: { shardedFrom } }: Recipe, sources: readonly RemoteSource[]): boolean {
  if (shardedFrom === undefined) return false;
  const files = sources.flatMap(({ train, test }) => [...train, ...test]);
  return files.reduce((sum, { planned }) => sum + planned.bytes, 0) >= bytesOf(shardedFrom);
}

async function planFor(
  clients: Clients,
  { recipe, champion }: Preparation,
  sources: readonly RemoteSource[],
  folder: string,
  passes: PassInputs,
): Promise<Plan> {
  const championData = champion === null ? null : await championDataOf(clients, recipe, champion);
  const planned = sources.map(async ({ train, test, ...source }) => ({
    ...source,
    isRowWise: source.sql === undefined || (await isRowWise(source.sql, folder)),
    train: train.map((file) => file.planned),
    test: test.map((file) => file.planned),
  }));
  using database = await Database.open(join(folder, "planning"));
  return makePlan({
    recipe: plannedRecipe(recipe),
    rowGroups: await rowGroups(database, sources, folder, cancellation()),
    sources: await Promise.all(planned),
    held: championData?.schema ?? null,
    passes,
  });
}

function evaluationSets({ contamination }: Recipe, sources: readonly RemoteSource[]): EvaluationSet[] {
  return sources.map(({ name, train }, index) => ({
    name,
    columns: contamination?.against[index]?.columns ?? [],
    files: train.map(({ planned }) => planned),
  }));
}

async function isRowWise(sql: string, folder: string): Promise<boolean> {
  using database = await Database.open(join(folder, "parsing"));
  return (await checkStatement(database, sql, "data.sql")).isRowWise;
}

/** The manifest of the data that the champion learnt from; null where no run of ours made it. */
async function championDataOf(clients: Clients, recipe: Recipe, champion: Champion): Promise<Manifest | null> {
  const uri = await championDataUri(clients, recipe, champion);
  return uri === null ? null : readManifest(clients.storage, uri);
}

async function championDataUri(clients: Clients, recipe: Recipe, champion: Champion): Promise<string | null> {
  return (await decisionOf(clients, recipe.name, champion.modelVersion))?.dataUri ?? null;
}

const tokenizerFiles = /^(tokenizer.*|vocab.*|merges\.txt|special_tokens_map\.json|chat_template.*|config\.json)$/;

/** Small files beside the weights, for the passes that count or write tokens. */
async function fetchTokenizer({ storage }: Clients, baseModelUri: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const { uri } of await storage.list(baseModelUri)) {
    const name = uri.slice(joinUri(baseModelUri, "").length);
    if (tokenizerFiles.test(name)) await storage.download(uri, join(folder, name), cancellation());
  }
  return folder;
}

/** Every file but those that an earlier try brought there; the manifest last. */
async function upload({ storage }: Clients, output: string, uri: string, manifest: Manifest): Promise<void> {
  const signal = cancellation();
  const shards = [...splitNames.flatMap((split) => manifest.splits[split].shards), ...(manifest.rejectedShards ?? [])];
  for (const { path, sha256 } of [...shards, ...(manifest.files ?? [])]) {
    const target = joinUri(uri, path);
    if ((await storage.stat(target))?.metadata["sha256"] === sha256) continue;
    const file = join(output, path);
    await storage.writeStream(target, createReadStream(file), (await stat(file)).size, {
      metadata: { sha256 },
      signal,
    });
  }
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await storage.writeText(joinUri(uri, "manifest.json"), text, { contentType: "application/json" });
}

function describe(manifest: Manifest, place: { uri: string; digest: string; baseModelUri: string }): PreparedData {
  const { train, validation, test } = manifest.splits;
  return {
    ...place,
    manifestUri: joinUri(place.uri, "manifest.json"),
    rows: { train: train.rows, validation: validation.rows, test: test.rows },
    labels: manifest.labels,
    rejectedRows: manifest.rejected.reduce((sum, { rows }) => sum + rows, 0),
    duplicateRows: manifest.duplicates.withinSplits + manifest.duplicates.acrossSplits,
  };
}
