import { proxyActivities } from "@temporalio/workflow";

const { speak } = proxyActivities<{ speak(): Promise<void> }>({
  startToCloseTimeout: "1 minute",
  heartbeatTimeout: "20 seconds",
  retry: { maximumAttempts: 2, initialInterval: "1 hour" },
});

/** Waits for an activity that says how far it is, and then fails. */
export function heard(): Promise<void> {
  return speak();
}
