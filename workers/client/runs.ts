import { setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowFailedError,
  type WorkflowHandle,
} from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import { failureMessage } from "../../pipelines/jobs/failure-message.ts";
import type { Vote } from "../../pipelines/retrain/approval-desk.ts";
import type { RunProgress } from "../../pipelines/retrain/progress.ts";
import type { RetrainRequest } from "../../pipelines/retrain/request.ts";
import type { RetrainResult } from "../../pipelines/retrain/result.ts";
import { decisionAttribute } from "../../pipelines/retrain/search-attributes.ts";
import { retrainWorkflowId, workflowTypes } from "./names.ts";

/** How a followed run ended. */
export type RunEnd =
  | { readonly ended: "completed"; readonly result: RetrainResult }
  | { readonly ended: "failed"; readonly message: string };

/** Starts `retrain` and returns its workflow id. */
export async function startRetrain(client: Client, taskQueue: string, request: RetrainRequest): Promise<string> {
  const handle = await client.workflow.start(workflowTypes.retrain, {
    taskQueue,
    workflowId: retrainWorkflowId(request.recipe, new Date()),
    args: [request],
    staticSummary: `retrain ${request.recipe}`,
  });
  return handle.workflowId;
}

/** The run of this recipe that is under way, started by anybody; the newest if there are several. */
export async function runUnderWay(client: Client, recipe: string): Promise<string | undefined> {
  const query = `WorkflowType = "${workflowTypes.retrain}" AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "retrain-${recipe}-"`;
  for await (const execution of client.workflow.list({ query, pageSize: 1 })) return execution.workflowId;
  return undefined;
}

export interface RunSummary {
  readonly id: string;
  /** Temporal's own status, such as running, completed, failed. */
  readonly state: string;
  readonly decision: string | undefined;
  readonly startedAt: Date;
}

/** The latest runs of `retrain`, newest first. */
export async function recentRuns(client: Client, count: number): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  const query = `WorkflowType = "${workflowTypes.retrain}"`;
  for await (const execution of client.workflow.list({ query, pageSize: count })) {
    runs.push({
      id: execution.workflowId,
      state: execution.status.name.toLowerCase(),
      decision: execution.typedSearchAttributes.get(decisionAttribute),
      startedAt: execution.startTime,
    });
    if (runs.length === count) break;
  }
  return runs;
}

/** How the run stands; undefined while no worker has answered yet. */
export async function readProgress(client: Client, workflowId: string): Promise<RunProgress | undefined> {
  try {
    return await client.workflow.getHandle(workflowId).query<RunProgress>("progress");
  } catch (error) {
    if (isNotYetAnswered(error)) return undefined;
    throw error;
  }
}

/**
 * Follows a run to its end, across restarts of the worker and of Temporal's server.
 * Throws when the signal says to stop; the run goes on.
 */
export async function follow(
  client: Client,
  workflowId: string,
  onProgress: (progress: RunProgress) => Promise<void>,
  options: { readonly everyMilliseconds: number; readonly signal?: AbortSignal },
): Promise<RunEnd> {
  const left = new AbortController();
  const signal = options.signal ? AbortSignal.any([left.signal, options.signal]) : left.signal;
  const end = client.withAbortSignal(signal, () => endOf(client.workflow.getHandle(workflowId)));
  const settled = end.then(
    () => true,
    () => true,
  );
  const report = async () => {
    const progress = await readProgress(client, workflowId);
    if (progress) await onProgress(progress);
  };
  try {
    for (let ended = false; !ended; ) {
      signal.throwIfAborted();
      await report();
      ended = await Promise.race([settled, sleep(options.everyMilliseconds, false, { signal })]);
    }
    signal.throwIfAborted();
    await report();
    return await end;
  } finally {
    // The call that waits for the end must not outlive the connection.
    left.abort();
    await settled;
  }
}

/** What the activity that runs, or waits for its next try, last said; empty when none did. */
export async function currentActivity(client: Client, workflowId: string): Promise<string> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  for (const { attempt, lastFailure, heartbeatDetails, lastStartedTime, lastHeartbeatTime } of raw.pendingActivities ??
    []) {
    const [beat] = heartbeatDetails?.payloads ?? [];
    const isOfThisTry = (attempt ?? 1) < 2 || Number(lastHeartbeatTime?.seconds) >= Number(lastStartedTime?.seconds);
    // A try that runs says how far it is; one that waits for the next, why.
    const said: unknown =
      beat && (isOfThisTry || !lastFailure?.message) ? defaultPayloadConverter.fromPayload(beat) : lastFailure?.message;
    if (typeof said === "string" && said !== "") return said;
  }
  return "";
}

async function endOf(handle: WorkflowHandle): Promise<RunEnd> {
  try {
    return { ended: "completed", result: (await handle.result()) as RetrainResult };
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { ended: "failed", message: failureMessage(error.cause) };
    throw error;
  }
}

export function approve(client: Client, workflowId: string, vote: Vote): Promise<string> {
  return client.workflow.getHandle(workflowId).executeUpdate<string, [Vote]>("approve", { args: [vote] });
}

export function reject(client: Client, workflowId: string, vote: Vote): Promise<string> {
  return client.workflow.getHandle(workflowId).executeUpdate<string, [Vote]>("reject", { args: [vote] });
}

const notYet = new Set([
  4, // DEADLINE_EXCEEDED: no worker took the query
  9, // FAILED_PRECONDITION: the first workflow task is not done
  14, // UNAVAILABLE: the server restarts
]);

function isNotYetAnswered(error: unknown): boolean {
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return true;
  const cause = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && notYet.has(cause.code);
}
