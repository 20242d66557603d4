import type { DecisionKind } from "../decision.ts";
import type { Resolution } from "../run.ts";
import { quick } from "./activities.ts";

/** Enters the decision in the ledger, where the next run with these pins finds it. */
export function record(
  { pinsDigest, pins, request }: Resolution,
  workflowId: string,
  decision: DecisionKind,
  reasons: readonly string[],
  modelVersion: string | null,
  dataUri: string,
): Promise<void> {
  const decidedAt = new Date().toISOString();
  return quick.recordDecision.executeWithOptions({ summary: decision }, [
    {
      pinsDigest,
      record: { decision, reasons, workflowId, decidedAt, pins, modelVersion, dataUri },
      force: request.force ?? false,
    },
  ]);
}
