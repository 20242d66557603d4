import type { protos } from "@google-cloud/aiplatform";
import type { JobOutcome, JobState } from "../../pipelines/jobs/job.ts";

type PipelineJob = protos.google.cloud.aiplatform.v1.IPipelineJob;
type CustomJob = protos.google.cloud.aiplatform.v1.ICustomJob;
type Task = protos.google.cloud.aiplatform.v1.IPipelineTaskDetail;

const ends: Readonly<Record<string, JobState>> = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  CANCELLED: "cancelled",
  EXPIRED: "failed",
};

/** How a job ended; null while it has not. `state` is of a PipelineJob, a CustomJob or a task. */
export function endOf(state: unknown): JobState | null {
  return ends[String(state).replace(/^(PIPELINE|JOB)_STATE_/, "")] ?? null;
}

/** Null while the job runs. */
export function pipelineOutcome(job: PipelineJob): JobOutcome | null {
  const state = endOf(job.state);
  if (state === null) return null;
  const tasks = job.jobDetail?.taskDetails ?? [];
  return {
    name: job.name ?? "",
    state,
    error: state === "succeeded" ? null : causeOf(job, tasks),
    artifacts: artifactsOf(tasks),
    customJobs: [...new Set(tasks.flatMap(customJobsOf))],
  };
}

export function customOutcome(job: CustomJob): JobOutcome | null {
  const state = endOf(job.state);
  if (state === null) return null;
  const name = job.name ?? "";
  const error = state === "succeeded" ? null : sentence(job.error?.message ?? `the custom job was ${state}`);
  return { name, state, error, artifacts: {}, customJobs: [name] };
}

/** The tasks that run, without the groups that only hold others. */
export function runningTasks(job: PipelineJob): string[] {
  const tasks = job.jobDetail?.taskDetails ?? [];
  return leaves(tasks)
    .filter((task) => task.state === "RUNNING")
    .map((task) => task.taskName ?? "");
}

function causeOf(job: PipelineJob, tasks: readonly Task[]): string {
  const failed = leaves(tasks).find((task) => task.state === "FAILED");
  const words = failed?.error?.message || job.error?.message || `the pipeline job was ${endOf(job.state)}`;
  return failed ? `${failed.taskName} failed: ${sentence(words)}` : sentence(words);
}

function leaves(tasks: readonly Task[]): Task[] {
  const parents = new Set(tasks.map((task) => String(task.parentTaskId)));
  return tasks.filter((task) => !parents.has(String(task.taskId)));
}

function artifactsOf(tasks: readonly Task[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const task of leaves(tasks)) {
    for (const [output, list] of Object.entries(task.outputs ?? {})) {
      const uri = list.artifacts?.[0]?.uri;
      if (uri) found[`${task.taskName}.${output}`] ??= uri;
    }
  }
  return found;
}

/** A container runs as a CustomJob of Vertex's own; Google's CustomTrainingJob component names the one that it made in `gcp_resources`. */
function customJobsOf(task: Task): string[] {
  const { containerDetail, customJobDetail } = task.executorDetail ?? {};
  const made = [customJobDetail?.job, containerDetail?.mainJob, ...resourcesOf(task)];
  return made.filter((name): name is string => typeof name === "string" && name !== "");
}

/** https://github.com/kubeflow/pipelines/tree/master/components/google-cloud/google_cloud_pipeline_components/proto */
function resourcesOf(task: Task): string[] {
  const text = task.execution?.metadata?.fields?.["output:gcp_resources"]?.stringValue;
  if (!text) return [];
  const { resources = [] } = JSON.parse(text) as { resources?: { resourceType?: string; resourceUri?: string }[] };
  return resources
    .filter(({ resourceType }) => resourceType === "CustomJob")
    .map(({ resourceUri = "" }) => resourceUri.replace(/^.*?(?=projects\/)/, ""));
}

function sentence(words: string): string {
  const flat = words.trim().replace(/\s+/g, " ");
  return flat.length <= 1_000 ? flat : `${flat.slice(0, 1_000)}…`;
}
