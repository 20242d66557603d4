import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { PrepareActivities } from "../../pipelines/retrain/activities.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Pins, PreparedData } from "../../pipelines/retrain/run.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import type { Clients } from "../clients/clients.ts";
import { digestOf } from "../digest.ts";
import { mirrorModel } from "../hub/mirror.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { joinUri } from "../storage/object-uri.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { readManifest } from "./manifest.ts";
import { splitNames } from "./partition.ts";
import { prepareFiles } from "./prepare-files.ts";
import { fetchSources } from "./source-files.ts";

/** Raised when the same input would give other rows or bytes. */
const preparationVersion = 1;

export function createPrepareActivities(clients: Clients): PrepareActivities {
  return {
    prepareData({ recipe, pins }) {
      let step = "looking for prepared data";
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
          const manifest =
            (await readManifest(clients.storage, uri)) ?? (await prepare(clients, recipe, pins, uri, onProgress));
          return describe(manifest, { uri, digest, baseModelUri });
        },
      );
    },
  };
}

/** Names prepared data by all that shapes it, so that it is found again without being made. */
export function preparationDigest(recipe: Recipe, pins: Pins): string {
  const hasTestFile = pins.data.test !== null;
  const { validation, test } = recipe.splits;
  return digestOf({
    preparationVersion,
    task: recipe.task,
    data: pins.data,
    columns: recipe.columns,
    splits: hasTestFile ? { validation } : { validation, test },
  });
}

async function prepare(
  clients: Clients,
  recipe: Recipe,
  pins: Pins,
  uri: string,
  onProgress: (step: string) => void,
): Promise<Manifest> {
  const signal = cancellation();
  return inTemporaryFolder(async (folder) => {
    onProgress("downloading the data");
    const sources = await fetchSources(clients, pins.data, folder);
    const output = join(folder, "prepared");
    const { columns, splits } = recipe;
    const manifest = await prepareFiles({ ...sources, columns, splits, output, scratch: folder, signal, onProgress });
    onProgress("uploading the prepared data");
    for (const shard of splitNames.flatMap((split) => manifest.splits[split].shards)) {
      const file = join(output, shard.path);
      const metadata = { sha256: shard.sha256 };
      await clients.storage.upload(file, joinUri(uri, shard.path), (await stat(file)).size, { metadata, signal });
    }
    await clients.storage.writeText(joinUri(uri, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, {
      contentType: "application/json",
    });
    return manifest;
  });
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
