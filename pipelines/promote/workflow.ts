import {
  CancellationScope,
  proxyActivities,
  setCurrentDetails,
  setWorkflowOptions,
  workflowInfo,
} from "@temporalio/workflow";
import { programmingErrors } from "../schema/programming-errors.ts";
import type { PromoteActivities } from "./activities.ts";
import { championAlias } from "./champion-alias.ts";
import { releaseInTurn, releaseWorkflowId } from "./lock.ts";
import type { ReleaseResult } from "./release.ts";

const { parsePromoteRequest, moveAlias } = proxyActivities<PromoteActivities>({
  startToCloseTimeout: "1 minute",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 10 },
});

/**
 * Promotes one model, trained here or not, to one endpoint.
 *
 * @param input a `PromoteRequest`, checked here.
 */
export async function promote(input: unknown): Promise<ReleaseResult> {
  const request = await parsePromoteRequest({ request: input });
  const { endpoint } = request.target;
  setCurrentDetails(`Runs as \`${releaseWorkflowId(endpoint)}\`.`);
  const released = await releaseInTurn({ ...request, releaseId: workflowInfo().workflowId }, () =>
    setCurrentDetails(`Waits: another release is under way on **${endpoint}**.`),
  );
  // The traffic has moved: whatever comes now, the alias follows it.
  await CancellationScope.nonCancellable(() =>
    moveAlias({ modelVersion: released.modelVersion, alias: championAlias }),
  );
  setCurrentDetails(`**${released.modelVersion}** serves on **${endpoint}**.`);
  return released;
}
setWorkflowOptions({ failureExceptionTypes: programmingErrors }, promote);
