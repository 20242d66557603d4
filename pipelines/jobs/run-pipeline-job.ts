import { ApplicationFailure, CancellationScope, proxyActivities } from "@temporalio/workflow";
import type { JobActivities } from "./activities.ts";
import type { JobOutcome, JobReference, PipelineSubmission } from "./job.ts";

// Submissions are idempotent by the job's id, so Temporal alone owns the retry. Short, so that a try that died with its
// worker is soon made again.
const { submitPipelineJob } = proxyActivities<JobActivities>({
  startToCloseTimeout: "30 seconds",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

// Each attempt is one look. The activity names the next one itself (`nextRetryDelay`); this interval is for a look that failed.
const { awaitJob } = proxyActivities<JobActivities>({
  startToCloseTimeout: "20 seconds",
  scheduleToCloseTimeout: "7 days",
  retry: { initialInterval: "5 seconds", backoffCoefficient: 2, maximumInterval: "1 minute" },
});

const { cancelJob } = proxyActivities<JobActivities>({
  startToCloseTimeout: "5 minutes",
  heartbeatTimeout: "1 minute",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 20 },
});

/**
 * Submits a Vertex pipeline job, or adopts the one that an earlier try left, and waits for its end,
 * holding no slot and growing no history however long it takes. Cancelled, it cancels the job.
 *
 * @throws ApplicationFailure `JobFailed` or `JobCancelled`, non-retryable, with the failing task's words.
 */
export async function runPipelineJob(
  submission: PipelineSubmission,
  onSubmitted: (job: JobReference) => void,
): Promise<JobOutcome> {
  // A cancellation in mid-submission must not lose sight of a job that may exist.
  const job = await CancellationScope.nonCancellable(() =>
    submitPipelineJob.executeWithOptions({ summary: `submit ${submission.displayName}` }, [submission]),
  );
  onSubmitted(job);
  let outcome: JobOutcome;
  try {
    outcome = await awaitJob.executeWithOptions({ summary: `wait for ${shortName(job)}` }, [job]);
  } catch (error) {
    await CancellationScope.nonCancellable(() =>
      cancelJob.executeWithOptions({ summary: `cancel ${shortName(job)}` }, [job]),
    );
    throw error;
  }
  if (outcome.state === "succeeded") return outcome;
  throw ApplicationFailure.nonRetryable(
    outcome.error ?? `The pipeline job ${shortName(job)} was ${outcome.state}.`,
    outcome.state === "failed" ? "JobFailed" : "JobCancelled",
    { job: job.name, attempt: job.attempt, consoleUrl: job.consoleUrl },
  );
}

function shortName(job: JobReference): string {
  return job.name.slice(job.name.lastIndexOf("/") + 1);
}
