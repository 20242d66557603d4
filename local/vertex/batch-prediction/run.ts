import { join } from "node:path";
import type { JobCell } from "../jobs/jobs.ts";
import type { Models } from "../models/models.ts";
import type { ModelMessage } from "../models/records.ts";
import type { Capacity } from "../processes/capacity.ts";
import { Deployment, type DeploymentDependencies } from "../serving/deployment.ts";
import { modelServerSpec } from "../serving/environment.ts";
import { VertexError } from "../wire/errors.ts";
import { idOf, locationOf } from "../wire/names.ts";
import { fromDuration } from "../wire/time.ts";
import { Input } from "./input.ts";
import { Lines, outputDirectory, shardName } from "./output.ts";
import { Predictor } from "./predictor.ts";
import { type BatchPredictionJobRecord, replicaCountOf } from "./records.ts";
import { Shard } from "./shard.ts";
import { Tally } from "./tally.ts";

export interface BatchPredictionDependencies extends DeploymentDependencies {
  readonly models: Models;
  readonly capacity: Capacity;
}

/**
 * One execution of a BatchPredictionJob: model servers, and as many shards of the input, one after the other in its
 * order, each with a file of results. Resolves when there are predictions; throws the {@link VertexError} that the job
 * failed with, or the signal's reason.
 */
export async function runBatchPrediction(
  cell: JobCell<BatchPredictionJobRecord>,
  folder: string,
  dependencies: BatchPredictionDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { containers, capacity } = dependencies;
  const { inputConfig } = cell.get().message;
  signal.throwIfAborted();
  const input = new Input(inputConfig?.gcsSource?.uris ?? [], inputConfig?.instancesFormat ?? "", containers.mount);
  const total = await input.count();
  if (total === 0) throw new VertexError("INVALID_ARGUMENT", "The input has no instances.");
  const release = await capacity.acquire({ cpus: 0, memory: 0 }, signal);
  try {
    const deployment = deploymentOf(cell.get(), folder, dependencies);
    await deployment.start(signal);
    cell.running();
    // With the servers, the requests under way end too.
    const onAbort = () => void deployment.close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await predict(cell, input, total, deployment, dependencies, signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
      await (signal.aborted ? deployment.close() : deployment.stop());
    }
  } finally {
    release();
  }
}

async function predict(
  cell: JobCell<BatchPredictionJobRecord>,
  input: Input,
  total: number,
  deployment: Deployment,
  { clock, containers }: BatchPredictionDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { message, modelDisplayName, createTime } = cell.get();
  const prefix = message.outputConfig?.gcsDestination?.outputUriPrefix ?? "";
  const outputUri = outputDirectory(prefix, modelDisplayName, createTime);
  const directory = containers.mount.localPath(outputUri);
  if (directory === undefined) throw new VertexError("INVALID_ARGUMENT", `${outputUri} can't be written to.`);
  cell.update({ outputDirectory: outputUri });
  const tally = new Tally(total, (told) => cell.update(told));
  const predictor = new Predictor(deployment, message.modelParameters, clock);
  const shards = Math.min(replicaCountOf(message), total);
  const errors = new Lines(directory, shardName("errors_stats", 0, 1));
  try {
    const shard = async (index: number) => {
      const results = new Lines(directory, shardName("results", index, shards));
      const [start, end] = [Math.floor((total * index) / shards), Math.floor((total * (index + 1)) / shards)];
      try {
        await new Shard(message, { predictor, results, errors, tally }, signal).run(input.records(start, end));
      } finally {
        await results.close();
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: shards }, (_, index) => shard(index)));
    for (const one of ended) if (one.status === "rejected") throw one.reason;
  } finally {
    await errors.close();
  }
  tally.throwIfAllFailed();
}

function deploymentOf(
  { name, message, modelVersion }: BatchPredictionJobRecord,
  folder: string,
  dependencies: BatchPredictionDependencies,
): Deployment {
  const { models, settings } = dependencies;
  const { unmanagedContainerModel, dedicatedResources } = message;
  const registered = modelVersion === null ? undefined : models.get(modelVersion);
  const model: Pick<ModelMessage, "containerSpec" | "artifactUri"> =
    registered?.message ?? unmanagedContainerModel ?? {};
  const place = {
    location: locationOf(name),
    // The job's own, hidden endpoint.
    endpointId: idOf(name),
    deployedModelId: idOf(name),
    modelId: registered === undefined ? "" : idOf(registered.model),
    versionId: registered?.versionId ?? "",
    machineType: dedicatedResources?.machineSpec?.machineType ?? "",
  };
  const timeout = model.containerSpec?.deploymentTimeout;
  return new Deployment(
    {
      name,
      folder: join(folder, "replicas"),
      server: (ports) => modelServerSpec(model, place, ports),
      replicas: replicaCountOf(message),
      timeout: timeout === undefined ? settings.healthTimeout : fromDuration(timeout),
    },
    dependencies,
  );
}
