import { join } from "node:path";
import { Jobs } from "../jobs/jobs.ts";
import { idOf, locationOf, newNumericId } from "../wire/names.ts";
import type { HyperparameterTuningJobMessage, HyperparameterTuningJobRecord } from "./records.ts";
import { type TuningDependencies, TuningRun } from "./run.ts";
import { checkHyperparameterTuningJob } from "./validate.ts";

/** The HyperparameterTuningJobs of this server. */
export class HyperparameterTuningJobs {
  readonly jobs: Jobs<HyperparameterTuningJobRecord>;
  readonly #dependencies: TuningDependencies;

  constructor(folder: string, dependencies: TuningDependencies) {
    this.#dependencies = dependencies;
    this.jobs = new Jobs({
      kind: "HyperparameterTuningJob",
      records: dependencies.store.collection("hyperparameter-tuning-jobs"),
      clock: dependencies.clock,
      execute: (cell, signal) => {
        const { name } = cell.get();
        const { project, location } = locationOf(name);
        return new TuningRun(cell, join(folder, project, location, idOf(name)), dependencies).execute(signal);
      },
    });
  }

  /** Checks and stores the job; it starts once the caller's own work is done. */
  create(parent: string, message: HyperparameterTuningJobMessage | undefined): HyperparameterTuningJobRecord {
    checkHyperparameterTuningJob(message);
    const now = this.#dependencies.clock.now();
    return this.jobs.begin(parent, {
      name: `${parent}/hyperparameterTuningJobs/${newNumericId()}`,
      message,
      trials: [],
      state: "JOB_STATE_PENDING",
      createTime: now,
      updateTime: now,
    });
  }
}
