import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { executeChild, ParentClosePolicy, sleep } from "@temporalio/workflow";
import type { ReleaseRequest, ReleaseResult, release } from "./release.ts";

/** The id is the lock: Temporal starts no second workflow of an id that runs. */
export function releaseWorkflowId(endpoint: string): string {
  return `release-${endpoint}`;
}

/** Runs the release as a child, after the one that is under way on this endpoint, if any. */
export async function releaseInTurn(request: ReleaseRequest, onWait: () => void): Promise<ReleaseResult> {
  for (;;) {
    try {
      return await executeChild<typeof release>("release", {
        args: [request],
        workflowId: releaseWorkflowId(request.target.endpoint),
        // The parent's end must leave no traffic half moved: the child is cancelled and puts it back.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: "WAIT_CANCELLATION_COMPLETED",
        staticSummary: `release on ${request.target.endpoint}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      onWait();
      await sleep("15 seconds", { summary: `another release is under way on ${request.target.endpoint}` });
    }
  }
}
