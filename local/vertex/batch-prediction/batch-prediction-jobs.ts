import { join } from "node:path";
import { Jobs } from "../jobs/jobs.ts";
import { findProcess } from "../processes/process.ts";
import type { ReplicaRecord } from "../serving/replica.ts";
import { ServerClosing } from "../shutdown.ts";
import type { Collection, Store } from "../store/store.ts";
import { invalidArgument } from "../wire/errors.ts";
import { idOf, locationOf, newNumericId } from "../wire/names.ts";
import type { BatchPredictionJobMessage, BatchPredictionJobRecord } from "./records.ts";
import { type BatchPredictionDependencies, runBatchPrediction } from "./run.ts";
import { checkBatchPredictionJob } from "./validate.ts";

/** The BatchPredictionJobs of this server. */
export class BatchPredictionJobs {
  readonly jobs: Jobs<BatchPredictionJobRecord>;
  readonly #dependencies: BatchPredictionDependencies;
  /** Apart from those of endpoints, which are ended when no endpoint wants them. */
  readonly #replicas: Collection<ReplicaRecord>;

  constructor(store: Store, folder: string, dependencies: Omit<BatchPredictionDependencies, "replicas">) {
    this.#replicas = store.collection("batch-prediction-replicas");
    this.#dependencies = { ...dependencies, replicas: this.#replicas };
    this.jobs = new Jobs({
      kind: "BatchPredictionJob",
      records: store.collection("batch-prediction-jobs"),
      clock: dependencies.clock,
      execute: async (cell, signal) => {
        const { name } = cell.get();
        const { project, location } = locationOf(name);
        try {
          await runBatchPrediction(cell, join(folder, project, location, idOf(name)), this.#dependencies, signal);
        } finally {
          if (!(signal.reason instanceof ServerClosing)) await this.#reap(name);
        }
      },
    });
  }

  /** Checks and stores the job; it starts once the caller's own work is done. */
  create(parent: string, message: BatchPredictionJobMessage | undefined): BatchPredictionJobRecord {
    checkBatchPredictionJob(message);
    const { model = "", displayName = "" } = message;
    if (model !== "" && !model.startsWith(`${parent}/models/`)) {
      const description = `"${model}" should be one of ${parent}`;
      throw invalidArgument([{ field: "batch_prediction_job.model", description }]);
    }
    const version = model === "" ? undefined : this.#dependencies.models.get(model);
    const now = this.#dependencies.clock.now();
    return this.jobs.begin(parent, {
      name: `${parent}/batchPredictionJobs/${newNumericId()}`,
      message,
      modelVersion: version === undefined ? null : `${version.model}@${version.versionId}`,
      modelDisplayName: version?.message.displayName ?? displayName,
      state: "JOB_STATE_PENDING",
      createTime: now,
      updateTime: now,
    });
  }

  /** Ends what servers the job still has: it was cancelled, or an earlier server was killed as it ran. */
  async #reap(name: string): Promise<void> {
    for (const { key, process } of this.#replicas.list(name)) {
      const found = await findProcess(process);
      if (found.kind === "running") await found.process.stop(this.#dependencies.settings.killGrace);
      this.#replicas.delete(key);
    }
  }
}
