import { ActivityFailure, ChildWorkflowFailure } from "@temporalio/common";

/**
 * What happened, in the words of whoever found it: below the layers that only say in which activity or child
 * workflow it was, and above the technical causes.
 */
export function failureMessage(error: unknown): string {
  let told = error;
  while ((told instanceof ActivityFailure || told instanceof ChildWorkflowFailure) && told.cause) told = told.cause;
  return told instanceof Error ? told.message : String(told);
}
