import type { PipelineTaskSpec_RetryPolicyJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { parseDuration } from "../wire/time.ts";

/** Whether a task has another try after this one, counted from 1. */
export function hasNextTry(policy: PipelineTaskSpec_RetryPolicyJson | undefined, attempt: number): boolean {
  return attempt <= (policy?.maxRetryCount ?? 0);
}

/** Milliseconds before the next try: `backoffDuration`, times `backoffFactor` each time, up to `backoffMaxDuration`. */
export function backOff(policy: PipelineTaskSpec_RetryPolicyJson | undefined, attempt: number): number {
  const first = parseDuration(policy?.backoffDuration ?? "0s") ?? 0;
  const most = parseDuration(policy?.backoffMaxDuration ?? "3600s") ?? 3_600_000;
  return Math.min(first * Number(policy?.backoffFactor ?? 2) ** (attempt - 1), most);
}
