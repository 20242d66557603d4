import { proxyActivities } from "@temporalio/workflow";
import type { PromoteActivities } from "../../promote/activities.ts";
import type { RetrainActivities } from "../activities.ts";

/** Answers in seconds. */
export const quick = proxyActivities<RetrainActivities & Pick<PromoteActivities, "moveAlias">>({
  startToCloseTimeout: "1 minute",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 10 },
});

/** Moves gigabytes; the heartbeat tells a slow copy from a dead worker. */
export const long = proxyActivities<RetrainActivities>({
  startToCloseTimeout: "6 hours",
  heartbeatTimeout: "1 minute",
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
  retry: { initialInterval: "2 seconds", backoffCoefficient: 2, maximumInterval: "1 minute", maximumAttempts: 5 },
});
