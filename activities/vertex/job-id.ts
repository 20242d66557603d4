import type { PipelineSubmission } from "../../pipelines/jobs/job.ts";
import { digestOf } from "../digest.ts";
import { slug } from "./names.ts";

/**
 * The id that a submission has: the same for each try of the same work in the same run, so that a retry, a crash
 * or a Temporal Reset finds the job instead of paying for another.
 * At most 128 of `[a-z][-a-z0-9]`. https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs/create
 */
export function pipelineJobId(
  { workflowId, stage, specDigest, parameters }: PipelineSubmission,
  attempt: number,
): string {
  const digest = digestOf({ workflowId, stage, specDigest, parameters }).slice(0, 16);
  return ["retemper", slug(workflowId, 60), slug(stage, 24), digest, attempt].filter((part) => part !== "").join("-");
}
