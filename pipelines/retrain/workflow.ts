import {
  ApplicationFailure,
  defineQuery,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from "@temporalio/workflow";
import type { JobOutcome } from "../jobs/job.ts";
import { runPipelineJob } from "../jobs/run-pipeline-job.ts";
import type { PromoteActivities } from "../promote/activities.ts";
import { releaseInTurn } from "../promote/lock.ts";
import type { ReleaseResult } from "../promote/release.ts";
import { championAlias } from "../promote/workflow.ts";
import { programmingErrors } from "../schema/programming-errors.ts";
import type { RetrainActivities } from "./activities.ts";
import { ApprovalDesk } from "./approval.ts";
import { Board, rootMessage } from "./board.ts";
import type { DecisionKind } from "./decision.ts";
import type { Comparison } from "./evaluation.ts";
import { gate } from "./gate.ts";
import type { RunProgress } from "./progress.ts";
import type { RetrainResult } from "./result.ts";
import type { PreparedData, Resolution, SpecReference, TrainedCandidate } from "./run.ts";
import { trainedCandidate, trainSubmission } from "./train-job.ts";

/** How the run stands; answered after its end too. */
export const progress = defineQuery<RunProgress>("progress");

const quick = proxyActivities<RetrainActivities & PromoteActivities>({
  startToCloseTimeout: "2 minutes",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "30 seconds", maximumAttempts: 10 },
});

// Moves gigabytes; the heartbeat tells a slow copy from a dead worker.
const { prepareData, publishModel } = proxyActivities<RetrainActivities>({
  startToCloseTimeout: "6 hours",
  heartbeatTimeout: "1 minute",
  cancellationType: "WAIT_CANCELLATION_COMPLETED",
  retry: { initialInterval: "2 seconds", backoffCoefficient: 2, maximumInterval: "1 minute", maximumAttempts: 5 },
});

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
    if (!isCancellation(error)) await report(input, workflowId, "failed", [rootMessage(error)]);
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
  const data = await prepare(board, resolution);
  const spec = await preflight(board, resolution, data);
  const { candidate, job } = await train(board, resolution, data, spec, workflowId);
  const comparison = await evaluate(board, candidate);
  const verdict = await board.stage("gate", async (say) => {
    const judged = gate(resolution.recipe.gate, comparison);
    say(judged.reasons[0] ?? judged.outcome);
    return judged;
  });
  const decide = async (decision: DecisionKind, reasons: readonly string[], rest: Partial<RetrainResult> = {}) => {
    board.decided(decision, reasons);
    await record(resolution, workflowId, decision, reasons, rest.modelVersion ?? null);
    const nothing = { modelVersion: null, endpoint: null, traffic: null, published: null };
    return { decision, reasons, decidedBy: null, job: job.name, ...nothing, ...rest };
  };
  if (verdict.outcome !== "promote") return decide(verdict.outcome, verdict.reasons);

  const approval = await approve(board, desk, resolution);
  if (!approval.approved) return decide("rejected", [approval.reason, ...verdict.reasons]);

  const reasons = [...verdict.reasons, ...approval.reasons];
  const released = await promote(board, resolution, data, candidate, workflowId);
  const published = await publish(board, resolution, data, candidate, comparison, released, workflowId);
  return decide("promoted", reasons, {
    modelVersion: released.modelVersion,
    endpoint: released.endpoint,
    traffic: released.traffic,
    published,
  });
}

function resolve(board: Board, input: unknown, workflowId: string): Promise<Resolution> {
  return board.stage("resolve", async (say) => {
    const resolution = await quick.resolveRun.executeWithOptions({ summary: "turn names into pins" }, [
      { request: input, workflowId },
    ]);
    const { recipe, pins, champion, request } = resolution;
    board.about(recipe.name, recipe.promote.endpoint, request.note ?? null);
    say(
      `\`${pins.baseModel.repo}@${pins.baseModel.revision.slice(0, 8)}\` on ${dataName(resolution)}; ` +
        (champion ? `champion \`${shortVersion(champion.modelVersion)}\`` : "no champion yet"),
    );
    return resolution;
  });
}

/** These pins were decided before: the run names that decision and pays nothing. */
function nothingToDo(board: Board, { recipe }: Resolution, earlier: NonNullable<Resolution["earlier"]>): RetrainResult {
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

function prepare(board: Board, { recipe, pins }: Resolution): Promise<PreparedData> {
  return board.stage("prepare", async (say) => {
    const data = await prepareData.executeWithOptions({ summary: "mirror the model, check and split the data" }, [
      { recipe, pins },
    ]);
    const { train, validation, test } = data.rows;
    say(
      `${train} + ${validation} + ${test} rows, ${data.labels.length} labels` +
        (data.duplicateRows > 0 ? `, ${data.duplicateRows} duplicates removed` : "") +
        (data.rejectedRows > 0 ? `, ${data.rejectedRows} rows kept aside` : ""),
    );
    return data;
  });
}

function preflight(board: Board, { recipe, pins }: Resolution, data: PreparedData): Promise<SpecReference> {
  return board.stage("preflight", async (say) => {
    const spec = await quick.compileTrainAndEvaluate.executeWithOptions({ summary: "generate the pipeline spec" }, [
      { recipe, pins },
    ]);
    const report = await quick.preflight.executeWithOptions({ summary: "schema, limits, hardware, budget" }, [
      { recipe, spec, data },
    ]);
    if (report.problems.length > 0) {
      const list = report.problems.map((problem) => `${problem.code}: ${problem.message}`);
      throw ApplicationFailure.nonRetryable(list.join("\n"), "PreflightFailed", { problems: report.problems });
    }
    const price = report.price
      ? `, $${report.price.usdPerHour.toFixed(2)} an hour (prices of ${report.price.asOf})`
      : "";
    say(`spec \`${spec.digest.slice(0, 12)}\` for ${report.hardware}${price}`);
    return spec;
  });
}

function train(
  board: Board,
  resolution: Resolution,
  data: PreparedData,
  spec: SpecReference,
  workflowId: string,
): Promise<{ candidate: TrainedCandidate; job: JobOutcome }> {
  return board.stage("train", async (say) => {
    const job = await runPipelineJob(trainSubmission(resolution, data, spec, workflowId), (submitted) => {
      board.link("pipeline job", submitted.consoleUrl);
      say(
        `${submitted.adopted ? "adopted" : "runs as"} [pipeline job](${submitted.consoleUrl}), attempt ${submitted.attempt}`,
      );
    });
    say(
      `${job.customJobs.length} custom job${job.customJobs.length === 1 ? "" : "s"} in [pipeline job](${board.progress.links["pipeline job"] ?? ""})`,
    );
    return { candidate: trainedCandidate(job, resolution.champion !== null), job };
  });
}

function evaluate(board: Board, candidate: TrainedCandidate): Promise<Comparison> {
  return board.stage("evaluate", async (say) => {
    const comparison = await quick.compareEvaluations.executeWithOptions({ summary: "pair the predictions" }, [
      candidate,
    ]);
    board.metrics({ candidate: comparison.candidate.metrics, champion: comparison.champion?.metrics ?? null });
    say(
      `accuracy ${comparison.candidate.metrics.accuracy.toFixed(3)}` +
        (comparison.champion ? ` against ${comparison.champion.metrics.accuracy.toFixed(3)}` : "") +
        ` on ${comparison.candidate.rows} rows`,
    );
    return comparison;
  });
}

async function approve(
  board: Board,
  desk: ApprovalDesk,
  { recipe, request }: Resolution,
): Promise<{ approved: true; reasons: string[] } | { approved: false; reason: string }> {
  const wanted = request.approval ?? recipe.approval !== undefined;
  if (!wanted) {
    board.skip("approve", "the recipe asks for none");
    return { approved: true, reasons: [] };
  }
  return board.stage("approve", async (say) => {
    const deadline = recipe.approval?.deadline ?? "24h";
    say(
      `**waits for you** (${deadline} at most): send the update \`approve\` \`{"by": "your name"}\`, or \`reject\` \`{"by": "your name", "reason": "why"}\``,
    );
    const answer = await desk.ask(deadline);
    if (answer.approved) {
      const reason = `${answer.by} approved it${answer.reason ? `: ${answer.reason}` : ""}.`;
      say(reason);
      return { approved: true, reasons: [reason] };
    }
    const reason = answer.by ? `${answer.by} rejected it: ${answer.reason}.` : `Rejected: ${answer.reason}.`;
    say(reason);
    return { approved: false, reason };
  });
}

function promote(
  board: Board,
  { recipe, pins }: Resolution,
  data: PreparedData,
  candidate: TrainedCandidate,
  workflowId: string,
): Promise<ReleaseResult> {
  return board.stage("promote", async (say) => {
    const released = await releaseInTurn(
      {
        releaseId: workflowId,
        model: { from: "storage", uri: candidate.modelUri },
        target: recipe.promote,
        image: pins.trainerImage,
        dataUri: data.uri,
        labels: { recipe: recipe.name },
      },
      () => say("waits: another release is under way on this endpoint"),
    );
    say(`\`${shortVersion(released.modelVersion)}\` has 100 % of **${recipe.promote.endpoint}**`);
    return released;
  });
}

function publish(
  board: Board,
  { recipe, pins }: Resolution,
  data: PreparedData,
  candidate: TrainedCandidate,
  comparison: Comparison,
  { modelVersion }: ReleaseResult,
  workflowId: string,
): Promise<string | null> {
  return board.stage("publish", async (say) => {
    const published = recipe.publish
      ? await publishModel.executeWithOptions({ summary: `commit to ${recipe.publish.repo}` }, [
          {
            ...recipe.publish,
            recipe,
            pins,
            candidate,
            data,
            modelVersion,
            decision: "promoted",
            comparison,
            workflowId,
          },
        ])
      : null;
    // Last of all: whoever follows the alias finds everything else in place.
    await quick.moveAlias.executeWithOptions({ summary: `${championAlias} → ${shortVersion(modelVersion)}` }, [
      { modelVersion, alias: championAlias },
    ]);
    if (published) board.link("model on the Hub", published.url);
    say(published ? `[${recipe.publish?.repo}](${published.url})` : "the recipe names no repo; the alias was moved");
    return published?.commit ?? null;
  });
}

async function record(
  { pinsDigest, pins, request }: Resolution,
  workflowId: string,
  decision: DecisionKind,
  reasons: readonly string[],
  modelVersion: string | null,
): Promise<void> {
  await quick.recordDecision({
    pinsDigest,
    record: { decision, reasons, workflowId, decidedAt: new Date().toISOString(), pins, modelVersion },
    force: request.force ?? false,
  });
}

/** So that nobody finds out a week later. Its own failure must not hide the run's. */
async function report(input: unknown, workflowId: string, outcome: string, reasons: readonly string[]): Promise<void> {
  const { recipe } = (input ?? {}) as { recipe?: unknown };
  if (typeof recipe !== "string") return;
  try {
    await quick.notify.executeWithOptions({ summary: `tell the recipe's webhook: ${outcome}` }, [
      { recipe, key: `${workflowId}/${outcome}`, body: { recipe, workflowId, outcome, reasons } },
    ]);
  } catch (error) {
    log.warn("The webhook could not be told.", { outcome, error: rootMessage(error) });
  }
}

function dataName({ pins: { data } }: Resolution): string {
  return data.source === "hub"
    ? `\`${data.dataset}@${data.revision.slice(0, 8)}\``
    : `\`${data.train.uri.slice(data.train.uri.lastIndexOf("/") + 1)}\``;
}

function shortVersion(modelVersion: string): string {
  return modelVersion.slice(modelVersion.lastIndexOf("/") + 1);
}
