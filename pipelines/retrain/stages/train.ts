import type { JobOutcome } from "../../jobs/job.ts";
import { jobLink } from "../../jobs/job-link.ts";
import { runPipelineJob } from "../../jobs/run-pipeline-job.ts";
import type { Board } from "../board.ts";
import type { PreparedData, Resolution, SpecReference, TrainedCandidate } from "../run.ts";
import { trainedCandidate, trainSubmission } from "./train-job.ts";

/** One Vertex pipeline: fine-tune, then evaluate candidate and champion on the same rows. */
export function train(
  board: Board,
  resolution: Resolution,
  data: PreparedData,
  spec: SpecReference,
  workflowId: string,
): Promise<{ candidate: TrainedCandidate; job: JobOutcome }> {
  return board.stage("train", async (say) => {
    let link = "";
    const job = await runPipelineJob(trainSubmission(resolution, data, spec, workflowId), (submitted) => {
      link = `${jobLink(submitted)}, attempt ${submitted.attempt}`;
      if (submitted.consoleUrl) board.link("pipeline job", submitted.consoleUrl);
      say(`${submitted.adopted ? "adopted" : "runs as"} ${link}`);
    });
    say(`${job.customJobs.length} custom job${job.customJobs.length === 1 ? "" : "s"} in ${link}`);
    return { candidate: trainedCandidate(job, resolution.champion !== null), job };
  });
}
