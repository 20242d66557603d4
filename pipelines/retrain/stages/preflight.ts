import { ApplicationFailure, isCancellation, patched } from "@temporalio/workflow";
import { failureMessage } from "../../jobs/failure-message.ts";
import { jobLink } from "../../jobs/job-link.ts";
import { runPipelineJob } from "../../jobs/run-pipeline-job.ts";
import type { Board } from "../board.ts";
import { preflightReport } from "../job-outputs.ts";
import { preflightNote } from "../preflight-note.ts";
import type { PreflightReport, PreparedData, Resolution, SpecReference } from "../run.ts";
import { quick } from "./activities.ts";

/** Generates the pipeline spec, and finds before a cent is spent what would fail after it is. */
export function preflight(
  board: Board,
  resolution: Resolution,
  data: PreparedData,
  workflowId: string,
): Promise<SpecReference> {
  const { recipe, pins, request } = resolution;
  return board.stage("preflight", async (say) => {
    const spec = await quick.compileTrainAndEvaluate.executeWithOptions({ summary: "generate the pipeline spec" }, [
      { recipe, pins, fresh: request.force ?? false },
    ]);
    const known = passed(
      await quick.preflight.executeWithOptions({ summary: "schema, limits, hardware, budget" }, [
        { recipe, spec, data },
      ]),
    );
    // Runs from before 2026-11-25 go on without it.
    const ahead: CompiledAhead = patched("preflight-compiles")
      ? await compileAhead(resolution, data, workflowId, say)
      : {};
    const { reportUri, failure } = ahead;
    const report =
      reportUri === undefined
        ? known
        : passed(
            await quick.preflight.executeWithOptions({ summary: "memory, data, budget" }, [
              { recipe, spec, data, reportUri },
            ]),
          );
    say([preflightNote(spec, report), failure].filter((part) => part !== undefined).join("; "));
    return spec;
  });
}

interface CompiledAhead {
  readonly reportUri?: string;
  /** Why there is no report. */
  readonly failure?: string;
}

function passed(report: PreflightReport): PreflightReport {
  if (report.problems.length === 0) return report;
  const list = report.problems.map((problem) => `${problem.code}: ${problem.message}`);
  throw ApplicationFailure.nonRetryable(list.join("\n"), "PreflightFailed", { problems: report.problems });
}

/** A job that fails by itself says nothing of the training, and is told; it does not stop the run. */
async function compileAhead(
  { recipe, pins }: Resolution,
  data: PreparedData,
  workflowId: string,
  say: (note: string) => void,
): Promise<CompiledAhead> {
  const spec = await quick.compilePreflight.executeWithOptions({ summary: "generate the preflight" }, [
    { recipe, pins },
  ]);
  if (spec === null) return { failure: "not compiled ahead of time, as the recipe brings its own image" };
  try {
    const job = await runPipelineJob(
      {
        specUri: spec.uri,
        specDigest: spec.digest,
        parameters: { base_model: data.baseModelUri, dataset: data.uri },
        workflowId,
        stage: "preflight",
        labels: { recipe: recipe.name },
        displayName: `${recipe.name}: preflight`,
      },
      (submitted) => say(`compiles the training ahead of time, in ${jobLink(submitted)}`),
    );
    const reportUri = job.artifacts[preflightReport];
    return reportUri === undefined ? { failure: "**the preflight left no report**" } : { reportUri };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { failure: `**could not be compiled ahead of time**: ${failureMessage(error)}` };
  }
}
