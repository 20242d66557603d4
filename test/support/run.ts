import { type Client, WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { RunProgress, StageName } from "../../pipelines/retrain/progress.ts";
import type { RetrainResult } from "../../pipelines/retrain/result.ts";
import { until } from "./vertex-view.ts";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** A run of `retrain`, as a test looks at it. */
export class Run {
  readonly workflowId: string;
  readonly handle: WorkflowHandle;
  readonly #client: Client;

  constructor(client: Client, handle: WorkflowHandle) {
    this.#client = client;
    this.handle = handle;
    this.workflowId = handle.workflowId;
  }

  result(): Promise<RetrainResult> {
    return this.handle.result() as Promise<RetrainResult>;
  }

  progress(): Promise<RunProgress> {
    return this.handle.query<RunProgress>("progress");
  }

  /** Resolves when the stage is under way. */
  reaches(stage: StageName): Promise<void> {
    return until(async () => {
      const { stages } = await this.progress();
      return stages.some(({ name, status }) => name === stage && status !== "pending");
    });
  }

  async decisionAttribute(): Promise<unknown> {
    const { searchAttributes } = await this.#client.workflow.getHandle(this.workflowId).describe();
    return searchAttributes["RetemperDecision"]?.[0];
  }

  /** The failure that the run ended with; an error when it did not fail. */
  async failure(): Promise<Failure> {
    const error: unknown = await this.handle.result().then(
      (result) => new Error(`The run was to fail, and came to ${JSON.stringify(result)}`),
      (error: unknown) => error,
    );
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: unknown = error.cause;
    while (cause instanceof Error && !(cause instanceof ApplicationFailure)) cause = cause.cause;
    if (!(cause instanceof ApplicationFailure)) throw error;
    const [detail] = (cause.details ?? []) as { problems?: Failure["problems"] }[];
    return { code: cause.type ?? "", message: cause.message, problems: detail?.problems ?? [] };
  }

  /** A Temporal Reset to just before the first time that this activity was scheduled. */
  async resetToBefore(activity: string): Promise<Run> {
    const { events } = await this.handle.fetchHistory();
    const scheduled = events?.findIndex(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
    );
    const before = events?.slice(0, scheduled).findLast((event) => event.workflowTaskCompletedEventAttributes);
    const { runId } = await this.handle.describe();
    await this.#client.workflowService.resetWorkflowExecution({
      namespace: this.#client.options.namespace,
      workflowExecution: { workflowId: this.workflowId, runId },
      reason: `a test resets it to before ${activity}`,
      workflowTaskFinishEventId: before?.eventId ?? null,
      requestId: crypto.randomUUID(),
    });
    return new Run(this.#client, this.#client.workflow.getHandle(this.workflowId));
  }
}
