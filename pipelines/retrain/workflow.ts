import { defineQuery, isCancellation, setHandler, setWorkflowOptions, workflowInfo } from "@temporalio/workflow";
import { failureMessage } from "../jobs/failure-message.ts";
import { programmingErrors } from "../schema/programming-errors.ts";
import { ApprovalDesk } from "./approval-desk.ts";
import { Board } from "./board.ts";
import type { DecisionKind } from "./decision.ts";
import type { RunProgress } from "./progress.ts";
import type { RetrainResult } from "./result.ts";
import type { DecisionRecord, Resolution } from "./run.ts";
import { approve } from "./stages/approve.ts";
import { evaluate } from "./stages/evaluate.ts";
import { gate } from "./stages/gate.ts";
import { preflight } from "./stages/preflight.ts";
import { prepare } from "./stages/prepare.ts";
import { promote } from "./stages/promote.ts";
import { publish } from "./stages/publish.ts";
import { record } from "./stages/record.ts";
import { report } from "./stages/report.ts";
import { resolve } from "./stages/resolve.ts";
import { train } from "./stages/train.ts";

/** How the run stands; answered after its end too. */
export const progress = defineQuery<RunProgress>("progress");

/**
 * Retrains one model: resolve → prepare → preflight → train → evaluate → gate → approve → promote → publish.
 *
 * @param input a `RetrainRequest` from anywhere, the Temporal UI's form included; checked by `resolve`.
 */
export async function retrain(input: unknown): Promise<RetrainResult> {
  const board = new Board();
  const desk = new ApprovalDesk();
  setHandler(progress, () => board.progress);
  const { workflowId } = workflowInfo();
  try {
    const resolution = await resolve(board, input, workflowId);
    const result = resolution.earlier
      ? nothingToDo(board, resolution, resolution.earlier)
      : await run(board, desk, resolution, workflowId);
    board.finished();
    if (result.decision === "refused" && !result.decidedBy) await report(input, workflowId, "refused", result.reasons);
    return result;
  } catch (error) {
    if (!isCancellation(error)) await report(input, workflowId, "failed", [failureMessage(error)]);
    throw error;
  }
}
setWorkflowOptions({ failureExceptionTypes: programmingErrors }, retrain);

async function run(
  board: Board,
  desk: ApprovalDesk,
  resolution: Resolution,
  workflowId: string,
): Promise<RetrainResult> {
  const data = await prepare(board, resolution, workflowId);
  const spec = await preflight(board, resolution, data, workflowId);
  const { candidate, job } = await train(board, resolution, data, spec, workflowId);
  const comparison = await evaluate(board, candidate);

  const verdict = await gate(board, resolution.recipe.gate, comparison, data);
  if (verdict.outcome !== "promote") return decide(verdict.outcome, verdict.reasons);

  const answer = await approve(board, desk, resolution);
  if (!answer.approved) return decide("rejected", [answer.reason, ...verdict.reasons]);

  const released = await promote(board, resolution, data, candidate, workflowId);
  const published = await publish(board, resolution, data, candidate, comparison, released, workflowId);
  return decide("promoted", [...verdict.reasons, ...answer.reasons], { ...released, published });

  async function decide(
    decision: DecisionKind,
    reasons: readonly string[],
    released: Partial<Pick<RetrainResult, "modelVersion" | "endpoint" | "traffic" | "published">> = {},
  ): Promise<RetrainResult> {
    board.decided(decision, reasons);
    await record(resolution, workflowId, decision, reasons, released.modelVersion ?? null, data.uri);
    return {
      decision,
      reasons,
      decidedBy: null,
      job: job.name,
      modelVersion: released.modelVersion ?? null,
      endpoint: released.endpoint ?? null,
      traffic: released.traffic ?? null,
      published: released.published ?? null,
    };
  }
}

/** These pins were decided before: the run names that decision and pays nothing. */
function nothingToDo(board: Board, { recipe }: Resolution, earlier: DecisionRecord): RetrainResult {
  const reasons = [
    `Nothing to do: these very pins were ${earlier.decision} by run ${earlier.workflowId} at ${earlier.decidedAt}.`,
    ...earlier.reasons,
  ];
  board.decided(earlier.decision, reasons);
  return {
    decision: earlier.decision,
    reasons,
    decidedBy: earlier.workflowId,
    job: null,
    modelVersion: earlier.modelVersion,
    endpoint: recipe.promote.endpoint,
    traffic: null,
    published: null,
  };
}
