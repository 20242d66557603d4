import { type JsonObject, mapValues, toStruct, toValue } from "../wire/json.ts";
import { idOf } from "../wire/names.ts";
import { toOptionalTime, toTime } from "../wire/time.ts";
import { metadataStore } from "./artifacts.ts";
import type { ArtifactRecord, PipelineJobRecord, TaskRecord, TaskState, Values } from "./records.ts";

/**
 * google.cloud.aiplatform.v1.PipelineJob; the list view leaves out the spec's run.
 *
 * @param parents names of the contexts that clients have put the run's into, such as experiments
 */
export function pipelineJobMessage(
  job: PipelineJobRecord,
  spec: JsonObject,
  tasks: readonly TaskRecord[] | undefined,
  parents: readonly string[] = [],
): object {
  return {
    name: job.name,
    displayName: job.displayName,
    createTime: toTime(job.createTime),
    startTime: toOptionalTime(job.startTime),
    endTime: toOptionalTime(job.endTime),
    updateTime: toTime(job.updateTime),
    pipelineSpec: toStruct(spec),
    state: job.state,
    error: job.error,
    labels: job.labels,
    serviceAccount: job.serviceAccount,
    network: job.network,
    scheduleName: job.scheduleName,
    runtimeConfig: {
      gcsOutputDirectory: job.gcsOutputDirectory,
      parameterValues: mapValues(job.parameterValues, toValue),
      failurePolicy: job.failurePolicy,
      inputArtifacts: mapValues(job.inputArtifacts, (artifactId) => ({ artifactId })),
    },
    ...(tasks === undefined ? {} : { jobDetail: jobDetail(job, tasks, parents) }),
  };
}

function jobDetail(job: PipelineJobRecord, tasks: readonly TaskRecord[], parents: readonly string[]): object {
  const store = metadataStore(job.name);
  const context = (id: string, schemaTitle: string, metadata: JsonObject) => ({
    name: `${store}/contexts/${id}`,
    displayName: id,
    schemaTitle,
    schemaVersion: "0.0.1",
    createTime: toTime(job.createTime),
    updateTime: toTime(job.createTime),
    metadata: toStruct(metadata),
  });
  const run = runContextOf(job.name);
  const pipelineContext = context(job.pipelineName, "system.Pipeline", {});
  return {
    pipelineContext,
    pipelineRunContext: {
      ...context(idOf(run), "system.PipelineRun", prefixed("input:", job.parameterValues)),
      parentContexts: [...new Set([pipelineContext.name, ...parents])],
    },
    taskDetails: tasks.map(taskDetail),
  };
}

/** Name of the metadata store's context of a run. */
export function runContextOf(job: string): string {
  return `${metadataStore(job)}/contexts/${idOf(job)}`;
}

function taskDetail(task: TaskRecord): object {
  return {
    taskId: task.id,
    parentTaskId: task.parentId,
    taskName: task.taskName,
    taskUniqueName: task.uniqueName,
    createTime: toTime(task.createTime),
    startTime: toOptionalTime(task.startTime),
    endTime: toOptionalTime(task.endTime),
    executorDetail: executorDetail(task),
    state: task.state,
    execution: execution(task),
    error: task.error,
    pipelineTaskStatus: task.history.map(({ time, state, error }) => ({ updateTime: toTime(time), state, error })),
    inputs: artifactLists(task.inputs),
    outputs: artifactLists(task.outputs),
  };
}

function executorDetail(task: TaskRecord): object | undefined {
  if (task.kind === "container") return { containerDetail: {} };
  if (task.kind !== "custom-job" || (task.customJob === null && task.failedCustomJobs.length === 0)) return undefined;
  const failed =
    task.state === "FAILED" && task.customJob !== null
      ? [...task.failedCustomJobs, task.customJob]
      : task.failedCustomJobs;
  return {
    customJobDetail: { job: task.customJob ?? task.failedCustomJobs.at(-1), failedJobs: failed },
  };
}

export const schemaTitles = {
  dag: "system.DagExecution",
  container: "system.ContainerExecution",
  "custom-job": "system.CustomJobExecution",
  importer: "system.ImporterExecution",
} as const;

function execution(task: TaskRecord): object {
  return {
    name: task.execution,
    displayName: task.taskName,
    state: executionState(task.state),
    schemaTitle: task.parentId === undefined ? "system.Run" : schemaTitles[task.kind],
    schemaVersion: "0.0.1",
    createTime: toTime(task.createTime),
    updateTime: toTime(task.history.at(-1)?.time ?? task.createTime),
    metadata: toStruct({
      ...prefixed("input:", task.inputs.parameters),
      ...prefixed("output:", task.outputs.parameters),
    }),
  };
}

export function executionState(state: TaskState): string {
  switch (state) {
    case "SUCCEEDED":
      return "COMPLETE";
    case "SKIPPED":
      return "CACHED";
    case "FAILED":
      return "FAILED";
    case "CANCELLED":
    case "NOT_TRIGGERED":
      return "CANCELLED";
    case "PENDING":
      return "NEW";
    default:
      return "RUNNING";
  }
}

function artifactLists({ artifacts }: Values): Record<string, object> {
  return mapValues(artifacts, (list) => ({ artifacts: list.map(artifactMessage) }));
}

function artifactMessage({
  name,
  displayName,
  uri,
  schemaTitle,
  schemaVersion,
  metadata,
  createTime,
}: ArtifactRecord): object {
  return {
    name,
    displayName,
    uri,
    schemaTitle,
    schemaVersion,
    metadata: toStruct(metadata),
    createTime: toTime(createTime),
    updateTime: toTime(createTime),
    state: "LIVE",
  };
}

export function prefixed(prefix: string, values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]));
}
