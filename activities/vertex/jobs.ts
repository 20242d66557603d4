import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import type { JobActivities } from "../../pipelines/jobs/activities.ts";
import type { JobOutcome, JobReference, PipelineSubmission } from "../../pipelines/jobs/job.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { stillRunning } from "../failure.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { pipelineJobId } from "./job-id.ts";
import { customOutcome, endOf, pipelineOutcome, runningTasks } from "./job-outcome.ts";
import { runLabel, stageLabel } from "./labels.ts";
import { locationPath, resourceId, toLabels } from "./names.ts";
import { describeGrpc, hasStatus, isGrpcError, isTransientGrpc } from "./status.ts";
import { readTrainingProgress } from "./training-progress.ts";
import { toProtobufValue, toStruct } from "./values.ts";

/** Against a run that fails, is reset and fails for ever. */
const attemptsAtMost = 100;

export function createJobActivities(clients: Clients): JobActivities {
  return {
    async submitPipelineJob(submission) {
      for (let attempt = 1; attempt <= attemptsAtMost; attempt++) {
        const job = await adoptOrCreate(clients, submission, attempt);
        if (job !== null) return job;
      }
      throw new UserError("InvalidRequest", `${submission.displayName} has failed ${attemptsAtMost} times in this run`);
    },

    async awaitJob(job) {
      const { pollSeconds } = clients.environment.vertex;
      try {
        const seen = await look(clients, job);
        if (typeof seen !== "string") return seen;
        throw stillRunning(seen, pollSeconds);
      } catch (error) {
        // A look that fails says nothing about the job.
        if (isGrpcError(error) && isTransientGrpc(error)) {
          throw stillRunning(`Vertex could not be asked: ${describeGrpc(error)}`, pollSeconds);
        }
        if (hasStatus(error, status.NOT_FOUND))
          throw new UserError("NotFound", `the job ${job.name} has vanished`, [], error);
        throw error;
      }
    },

    cancelJob: (job) =>
      whileAlive(
        () => `cancelling ${resourceId(job.name)}`,
        async () => {
          const seconds = Math.min(clients.environment.vertex.pollSeconds, 2);
          for (let asked = false; typeof (await look(clients, job)) === "string"; asked = true) {
            if (!asked) await requestCancellation(clients, job);
            await sleep(seconds * 1000, undefined, { signal: cancellation() });
          }
        },
      ),
  };
}

/** Null when this attempt has failed or was cancelled. */
async function adoptOrCreate(
  clients: Clients,
  submission: PipelineSubmission,
  attempt: number,
): Promise<JobReference | null> {
  const id = pipelineJobId(submission, attempt);
  const name = `${locationPath(clients.environment)}/pipelineJobs/${id}`;
  const pipelines = await clients.vertex.pipelines();
  const reference = (adopted: boolean): JobReference => ({
    kind: "pipeline",
    name,
    adopted,
    attempt,
    consoleUrl: consoleUrl(clients, id),
  });
  const stateThere = async (): Promise<unknown> => {
    try {
      return (await pipelines.getPipelineJob({ name }))[0].state;
    } catch (error) {
      if (hasStatus(error, status.NOT_FOUND)) return null;
      throw error;
    }
  };
  let state = await stateThere();
  if (state === null) {
    const spec = JSON.parse(await clients.storage.readExisting(submission.specUri)) as object;
    try {
      await pipelines.createPipelineJob({
        parent: locationPath(clients.environment),
        pipelineJobId: id,
        pipelineJob: {
          displayName: submission.displayName.slice(0, 128),
          pipelineSpec: toStruct(spec),
          runtimeConfig: {
            gcsOutputDirectory: `gs://${clients.environment.bucket}/runs`,
            parameterValues: Object.fromEntries(
              Object.entries(submission.parameters).map(([key, value]) => [key, toProtobufValue(value)]),
            ),
          },
          labels: toLabels({ ...submission.labels, [runLabel]: submission.workflowId, [stageLabel]: submission.stage }),
        },
      });
      return reference(false);
    } catch (error) {
      // An earlier try got through after all.
      if (!hasStatus(error, status.ALREADY_EXISTS)) throw error;
      state = await stateThere();
    }
  }
  const end = endOf(state);
  const lost = end === "failed" || end === "cancelled" || state === "PIPELINE_STATE_CANCELLING";
  return lost ? null : reference(true);
}

/** The outcome of a job that has ended, or in words what a running one does. */
async function look(clients: Clients, job: JobReference): Promise<JobOutcome | string> {
  if (job.kind === "custom") {
    const [found] = await (await clients.vertex.jobs()).getCustomJob({ name: job.name });
    return customOutcome(found) ?? `the custom job is ${describeState(found.state)}`;
  }
  const [found] = await (await clients.vertex.pipelines()).getPipelineJob({ name: job.name });
  const outcome = pipelineOutcome(found);
  if (outcome !== null) return outcome;
  const tasks = runningTasks(found);
  if (tasks.length === 0) return `the pipeline job is ${describeState(found.state)}`;
  const folder = `gs://${clients.environment.bucket}/runs/${resourceId(job.name)}`;
  const progress = await readTrainingProgress(clients.storage, folder);
  return `${tasks.join(", ")} ${tasks.length === 1 ? "runs" : "run"}${progress === null ? "" : `: ${progress}`}`;
}

async function requestCancellation(clients: Clients, job: JobReference): Promise<void> {
  try {
    if (job.kind === "custom") await (await clients.vertex.jobs()).cancelCustomJob({ name: job.name });
    else await (await clients.vertex.pipelines()).cancelPipelineJob({ name: job.name });
  } catch (error) {
    // It ended in the meantime; the next look will say how.
    if (!hasStatus(error, status.FAILED_PRECONDITION)) throw error;
  }
}

function describeState(state: unknown): string {
  return String(state)
    .replace(/^(PIPELINE|JOB)_STATE_/, "")
    .toLowerCase()
    .replaceAll("_", " ");
}

function consoleUrl({ environment: { project, location, vertex } }: Clients, id: string): string | null {
  if (vertex.console === null) return null;
  return `${vertex.console}/vertex-ai/pipelines/locations/${location}/runs/${id}?project=${project}`;
}
