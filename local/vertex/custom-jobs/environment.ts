import { join } from "node:path";
import { idOf, locationOf } from "../wire/names.ts";
import { containerOf } from "./container.ts";
import type { CustomJobRecord, ReplicaRecord } from "./records.ts";

/**
 * What Vertex tells a replica about its job
 * (https://cloud.google.com/vertex-ai/docs/training/code-requirements#environment-variables,
 * https://cloud.google.com/vertex-ai/docs/training/distributed-training#cluster-variables).
 */
export function replicaEnvironment(job: CustomJobRecord, replica: ReplicaRecord): Record<string, string> {
  const { project, location } = locationOf(job.name);
  const { jobSpec } = job.message;
  const cluster: Record<string, string[]> = {};
  for (const { pool, port } of job.replicas) {
    cluster[poolName(pool)] = [...(cluster[poolName(pool)] ?? []), `localhost:${port}`];
  }
  const task = { type: poolName(replica.pool), index: replica.index };
  const prefix = jobSpec.baseOutputDirectory?.outputUriPrefix?.replace(/\/+$/, "") ?? "";
  const given = containerOf(jobSpec.workerPoolSpecs?.[replica.pool] ?? {}).env ?? [];
  return {
    CLOUD_ML_JOB_ID: idOf(job.name),
    CLOUD_ML_PROJECT_ID: project,
    CLOUD_ML_REGION: location,
    CLUSTER_SPEC: JSON.stringify({ cluster, environment: "cloud", task }),
    ...trialEnvironment(job, replica),
    ...(prefix === ""
      ? {}
      : {
          AIP_MODEL_DIR: `${prefix}/model/`,
          AIP_CHECKPOINT_DIR: `${prefix}/checkpoints/`,
          AIP_TENSORBOARD_LOG_DIR: `${prefix}/logs/`,
        }),
    ...Object.fromEntries(given.map(({ name = "", value = "" }) => [name, value])),
  };
}

/** As cloudml-hypertune reads it (https://github.com/GoogleCloudPlatform/cloudml-hypertune). */
function trialEnvironment({ trial }: CustomJobRecord, replica: ReplicaRecord): Record<string, string> {
  if (trial === undefined) return {};
  return {
    CLOUD_ML_TRIAL_ID: trial.id,
    CLOUD_ML_HP_METRIC_TAG: trial.metric,
    CLOUD_ML_HP_METRIC_FILE: join(trial.metricsFolder, replicaFolder(replica), "output.metrics"),
  };
}

/** Where a replica's processes leave their logs, below its job's folder; one folder in it for each process, from `1` on. */
export function replicaFolder({ pool, index }: ReplicaRecord): string {
  return `${poolName(pool)}-${index}`;
}

export function poolName(pool: number): string {
  return `workerpool${pool}`;
}
