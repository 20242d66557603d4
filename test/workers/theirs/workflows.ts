import { executeChild } from "@temporalio/workflow";
import type { retrain } from "retemper/workflows";

/** Ours, beside theirs. */
export * from "retemper/workflows";

/** A workflow of somebody else's that retrains as a part of what it does. */
export async function nightly(recipe: string): Promise<string> {
  const { decision } = await executeChild<typeof retrain>("retrain", { args: [{ recipe }] });
  return decision;
}
