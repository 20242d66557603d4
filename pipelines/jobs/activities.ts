import type { JobOutcome, JobReference, PipelineSubmission } from "./job.ts";

/** Submitting, awaiting and cancelling Vertex jobs: the only way that a workflow touches one. */
export interface JobActivities {
  /**
   * Creates the job, or adopts the one of an earlier try that runs or has succeeded.
   * After a failed or cancelled attempt it makes the next. Idempotent by the job's id.
   */
  submitPipelineJob(submission: PipelineSubmission): Promise<JobReference>;

  /**
   * One look at the job. While it runs, throws a BENIGN retryable failure whose `nextRetryDelay` is the poll interval,
   * its message saying which tasks run: no slot is held, no history grows.
   * Returns when the job has ended, however it ended.
   */
  awaitJob(job: JobReference): Promise<JobOutcome>;

  /** Cancels the job and waits until Vertex says that it has ended. A job that has ended already is left as it is. */
  cancelJob(job: JobReference): Promise<void>;
}
