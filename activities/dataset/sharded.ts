import { preparePipeline } from "../../pipelines/retrain/prepare-pipeline.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { ShardedPreparation } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import { type ErrorCode, type Problem, UserError } from "../errors.ts";
import { mirrorFiles } from "../hub/mirror.ts";
import { storeSpec } from "../preflight/store-spec.ts";
import { joinUri, parseObjectUri } from "../storage/object-uri.ts";
import { passesOf } from "./passes.ts";
import { filesOf, type Plan } from "./plan.ts";
import type { RemoteSource } from "./sources/source-files.ts";
import { stepsOf } from "./steps.ts";

const usualMachine = { cpu: "4", memory: "16G" };

/** `gs://` folder of what a sharded preparation leaves between its phases. */
export function shardedWork({ environment }: Pick<Clients, "environment">, digest: string): string {
  return `gs://${environment.bucket}/preparations/${digest}`;
}

/** The sources as they lie in Cloud Storage: what is of the Hub is copied there, with no disk between. */
export async function inCloudStorage(
  { environment, storage }: Pick<Clients, "environment" | "storage">,
  sources: readonly RemoteSource[],
  onProgress: (step: string) => void,
): Promise<RemoteSource[]> {
  const folder = `gs://${environment.bucket}/sources`;
  const files = sources.flatMap(({ train, test }) => [...train, ...test]);
  const toCopy = files.flatMap(({ content, isInCloudStorage, planned }) =>
    isInCloudStorage ? [] : [{ path: objectOf(planned.uri, planned.revision), source: content }],
  );
  await mirrorFiles(storage, "the data", folder, toCopy, onProgress);
  const moved = (all: RemoteSource["train"]): RemoteSource["train"] =>
    all.map((file) => {
      const { uri, revision } = file.planned;
      const path = file.isInCloudStorage ? uri : joinUri(folder, objectOf(uri, revision));
      return { ...file, planned: { ...file.planned, path } };
    });
  return sources.map((source) => ({ ...source, train: moved(source.train), test: moved(source.test) }));
}

function objectOf(uri: string, revision: string): string {
  const [, repo = "", path = ""] = /^hf:\/\/(datasets\/[^/]+\/[^/]+)\/(.*)$/.exec(uri) ?? [];
  return `hub/${repo}/${revision}/${path}`;
}

/** Stores the plan, whose paths are addresses, and the pipeline that carries it out. */
export async function shardPreparation(
  clients: Clients,
  { preparation }: Recipe,
  plan: Plan,
  place: { readonly uri: string; readonly digest: string },
): Promise<ShardedPreparation> {
  const { environment, registry, storage } = clients;
  const work = shardedWork(clients, place.digest);
  await storage.writeText(joinUri(work, "plan.json"), JSON.stringify(plan), { contentType: "application/json" });
  await storage.delete(joinUri(work, "failure.json"));
  const buckets = [environment.bucket, ...filesOf(plan).map(({ path }) => parseObjectUri(path).bucket)];
  const { spec } = preparePipeline({
    image: await registry.pin(preparation.image),
    phases: stepsOf(passesOf(plan))
      .map(({ phase }) => ({ name: phase.name, title: phase.title, pieces: phase.pieces(plan) }))
      .filter(({ pieces }) => pieces > 0),
    workers: preparation.workers,
    machine: preparation.machine ?? usualMachine,
    buckets: [...new Set(buckets)].sort(),
  });
  return {
    job: {
      spec: await storeSpec(clients, spec),
      parameters: { work: mountPath(work), output: mountPath(place.uri) },
    },
    bytes: filesOf(plan).reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Throws what the data's owner must mend, where that is why a worker failed. */
export async function throwShardFailure(
  clients: Pick<Clients, "environment" | "storage">,
  digest: string,
): Promise<void> {
  const text = await clients.storage.readText(joinUri(shardedWork(clients, digest), "failure.json"));
  if (text === null) return;
  const failure: { code: ErrorCode; message: string; problems: Problem[] } = JSON.parse(text);
  // The message has the problems in it already.
  const [summary = failure.message] = failure.message.split("\n  ", 1);
  throw new UserError(failure.code, failure.problems.length > 0 ? summary : failure.message, failure.problems);
}

/** As Vertex mounts buckets. */
function mountPath(uri: string): string {
  return `/gcs/${uri.slice("gs://".length)}`;
}
