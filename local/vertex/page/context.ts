import type { Clock } from "../../clock.ts";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { Models } from "../models/models.ts";
import type { Artifacts } from "../pipeline-jobs/artifacts.ts";
import type { PipelineJobs } from "../pipeline-jobs/pipeline-jobs.ts";
import type { Mount } from "../processes/mount.ts";
import type { Store } from "../store/store.ts";

/** What the page reads from: the parts of the server itself, which keep everything that it shows. */
export interface PageContext {
  readonly pipelineJobs: PipelineJobs;
  readonly customJobs: CustomJobs;
  readonly models: Models;
  readonly endpoints: Endpoints;
  readonly artifacts: Artifacts;
  readonly mount: Mount;
  readonly store: Pick<Store, "watch">;
  readonly clock: Clock;
}
