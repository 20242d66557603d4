import { proxyActivities, setCurrentDetails, setWorkflowOptions, workflowInfo } from "@temporalio/workflow";
import type { JobOutcome, PipelineSubmission } from "../jobs/job.ts";
import { jobLink } from "../jobs/job-link.ts";
import { runPipelineJob } from "../jobs/run-pipeline-job.ts";
import { programmingErrors } from "../schema/programming-errors.ts";
import type { RunSpecActivities } from "./activities.ts";

const { parseRunSpecRequest, readSpec } = proxyActivities<RunSpecActivities>({
  startToCloseTimeout: "1 minute",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 10 },
});

/**
 * Runs any compiled pipeline spec from its address: ours, the Python SDK's, anybody's.
 *
 * @param input a `RunSpecRequest`, checked here.
 */
export async function runSpec(input: unknown): Promise<JobOutcome> {
  const request = await parseRunSpecRequest({ request: input });
  const spec = await readSpec.executeWithOptions({ summary: request.spec }, [{ uri: request.spec }]);
  return runPipelineJob(
    {
      specUri: spec.uri,
      specDigest: spec.digest,
      parameters: request.parameters as PipelineSubmission["parameters"],
      workflowId: workflowInfo().workflowId,
      stage: "run-spec",
      labels: request.labels,
      displayName: request.displayName ?? spec.name,
    },
    (job) => setCurrentDetails(`**${spec.name}** runs as ${jobLink(job)}, attempt ${job.attempt}.`),
  );
}
setWorkflowOptions({ failureExceptionTypes: programmingErrors }, runSpec);
