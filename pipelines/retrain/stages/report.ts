import { log } from "@temporalio/workflow";
import { failureMessage } from "../../jobs/failure-message.ts";
import { quick } from "./activities.ts";

/**
 * Tells the recipe's webhook how a run ended, so that nobody finds out a week later.
 * Its own failure must not hide the run's: it is logged.
 */
export async function report(
  input: unknown,
  workflowId: string,
  outcome: "failed" | "refused",
  reasons: readonly string[],
): Promise<void> {
  const { recipe } = (input ?? {}) as { recipe?: unknown };
  if (typeof recipe !== "string") return;
  try {
    await quick.notify.executeWithOptions({ summary: `tell the recipe's webhook: ${outcome}` }, [
      { recipe, key: `${workflowId}/${outcome}`, body: { recipe, workflowId, outcome, reasons } },
    ]);
  } catch (error) {
    log.warn("The webhook could not be told.", { outcome, error: failureMessage(error) });
  }
}
