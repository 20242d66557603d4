import { ApplicationFailure, defineSignal, setHandler } from "@temporalio/workflow";
import { jobLink } from "../../jobs/job-link.ts";
import { runPipelineJob } from "../../jobs/run-pipeline-job.ts";
import type { Board } from "../board.ts";
import { preparingSignal } from "../preparing.ts";
import type { PreparedData, Resolution, ShardedPreparation } from "../run.ts";
import { truncationNote } from "../truncation-note.ts";
import { long } from "./activities.ts";

const preparing = defineSignal<[string]>(preparingSignal);

/** The base model's files and the checked, split data lie in Cloud Storage after this. */
export function prepare(board: Board, resolution: Resolution, workflowId: string): Promise<PreparedData> {
  return board.stage("prepare", async (say) => {
    setHandler(preparing, (step) => say(`${step} (at ${new Date().toISOString().slice(11, 16)} UTC)`), {
      description: "Sent by the preparation itself, to say how far it is.",
    });
    const data = await prepareAnywhere(board, resolution, workflowId, say).finally(() => {
      // A try that nobody waits for any more, on a worker that was cut off, must not write over what came of it.
      setHandler(preparing, undefined);
    });
    const { train, validation, test } = data.rows;
    const cut = data.report?.truncation ? truncationNote(data.report.truncation) : "";
    say(
      `${train} + ${validation} + ${test} rows, ${data.labels.length} labels` +
        (data.duplicateRows > 0 ? `, ${data.duplicateRows} duplicates removed` : "") +
        (data.rejectedRows > 0 ? `, ${data.rejectedRows} rows kept aside` : "") +
        (cut === "" ? "" : `, ${cut}`) +
        (data.report?.drift ? `, ${data.report.drift.sentence}` : ""),
    );
    if (data.report) board.link("report of the data", data.report.url);
    return data;
  });
}

async function prepareAnywhere(
  board: Board,
  resolution: Resolution,
  workflowId: string,
  say: (note: string) => void,
): Promise<PreparedData> {
  const made = await prepareData(resolution);
  return "job" in made ? prepareSharded(board, resolution, made, workflowId, say) : made;
}

function prepareData(
  { recipe, pins, champion }: Resolution,
  hasFailed?: boolean,
): Promise<PreparedData | ShardedPreparation> {
  return long.prepareData.executeWithOptions({ summary: "mirror the model, check and split the data" }, [
    { recipe, pins, champion, ...(hasFailed === undefined ? {} : { hasFailed }) },
  ]);
}

/** What is larger than a machine is prepared by a pipeline of the same phases, and found when that has ended. */
async function prepareSharded(
  board: Board,
  resolution: Resolution,
  { job: { spec, parameters }, bytes }: ShardedPreparation,
  workflowId: string,
  say: (note: string) => void,
): Promise<PreparedData> {
  const { recipe } = resolution;
  try {
    await runPipelineJob(
      {
        specUri: spec.uri,
        specDigest: spec.digest,
        parameters,
        workflowId,
        stage: "prepare",
        labels: { recipe: recipe.name },
        displayName: `${recipe.name}: prepare`,
      },
      (job) => {
        say(`${(bytes / 1e9).toFixed(1)} GB, ${job.adopted ? "adopted" : "prepared by"} ${jobLink(job)}`);
        if (job.consoleUrl) board.link("preparation", job.consoleUrl);
      },
    );
  } catch (error) {
    // Where the data is at fault, its owner reads what is wrong with it, and not of a container's exit status.
    if (error instanceof ApplicationFailure && error.type === "JobFailed") await prepareData(resolution, true);
    throw error;
  }
  const data = await prepareData(resolution);
  if (!("job" in data)) return data;
  throw ApplicationFailure.nonRetryable(
    "The job that prepares the data has ended without a manifest.",
    "OutputMissing",
  );
}
