import type { Clock } from "../../clock.ts";
import type { BatchPredictionJobs } from "../batch-prediction/batch-prediction-jobs.ts";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { HyperparameterTuningJobs } from "../hyperparameter-tuning/hyperparameter-tuning-jobs.ts";
import type { Metadata } from "../metadata/metadata.ts";
import type { Evaluations } from "../models/evaluations.ts";
import type { Models } from "../models/models.ts";
import type { Artifacts } from "../pipeline-jobs/artifacts.ts";
import type { PipelineJobs } from "../pipeline-jobs/pipeline-jobs.ts";
import type { Mount } from "../processes/mount.ts";
import type { Schedules } from "../schedules/schedules.ts";
import type { Store } from "../store/store.ts";

/** What the page reads from: the parts of the server itself, which keep everything that it shows. */
export interface PageContext {
  readonly pipelineJobs: PipelineJobs;
  readonly customJobs: CustomJobs;
  readonly batchPredictions: BatchPredictionJobs;
  readonly tunings: HyperparameterTuningJobs;
  readonly schedules: Schedules;
  readonly models: Models;
  readonly evaluations: Evaluations;
  readonly endpoints: Endpoints;
  readonly artifacts: Artifacts;
  readonly metadata: Metadata;
  readonly mount: Mount;
  readonly store: Pick<Store, "watch">;
  readonly clock: Clock;
}
