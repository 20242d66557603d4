import type { protos } from "@google-cloud/aiplatform";
import { fromProtobufValue } from "../../../activities/vertex/values.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import type { JsonValue } from "../../../specs/nodes/index.ts";
import type { PulledArtifact, PulledError, PulledJob, PulledTask, PulledValues } from "./pulled-job.ts";

type Messages = typeof protos.google.cloud.aiplatform.v1;
type JobMessage = InstanceType<Messages["PipelineJob"]> | protos.google.cloud.aiplatform.v1.IPipelineJob;
type TaskMessage = protos.google.cloud.aiplatform.v1.IPipelineTaskDetail;
type ArtifactMessage = protos.google.cloud.aiplatform.v1.IArtifact;
type ArtifactLists = TaskMessage["inputs"];
export type KnownArtifacts = ReadonlyMap<string, ArtifactMessage>;
type Struct = protos.google.protobuf.IStruct | null | undefined;
type Time = protos.google.protobuf.ITimestamp | null | undefined;

/**
 * What the API tells about a job, as plain data.
 *
 * @param inputArtifacts of the whole pipeline, by input; the job itself only names them
 * @param known more about artifacts that its tasks only name
 */
export function readJob(
  message: JobMessage,
  inputArtifacts: Readonly<Record<string, ArtifactMessage>>,
  known: KnownArtifacts = new Map(),
): PulledJob {
  const { runtimeConfig, jobDetail } = message;
  return {
    name: message.name ?? "",
    displayName: message.displayName ?? "",
    state: String(message.state).replace("PIPELINE_STATE_", ""),
    error: readError(message.error),
    labels: { ...message.labels },
    serviceAccount: message.serviceAccount ?? "",
    network: message.network ?? "",
    templateUri: message.templateUri ?? "",
    createTime: readTime(message.createTime),
    startTime: readTime(message.startTime),
    endTime: readTime(message.endTime),
    runtimeConfig: {
      gcsOutputDirectory: runtimeConfig?.gcsOutputDirectory ?? "",
      parameterValues: mapValues(
        runtimeConfig?.parameterValues ?? {},
        (value) => fromProtobufValue(value) as JsonValue,
      ),
      failurePolicy: String(runtimeConfig?.failurePolicy ?? "PIPELINE_FAILURE_POLICY_UNSPECIFIED"),
      inputArtifacts: mapValues(inputArtifacts, (artifact) => readArtifact(artifact, known)),
    },
    spec: readStruct(message.pipelineSpec) as PipelineSpec,
    tasks: (jobDetail?.taskDetails ?? []).map((task) => readTask(task, known)),
  };
}

/** Names of the artifacts of which its tasks tell nothing else. */
export function bareArtifacts({ jobDetail }: JobMessage): readonly string[] {
  const lists = (jobDetail?.taskDetails ?? []).flatMap(({ inputs, outputs }) => [
    ...Object.values(inputs ?? {}),
    ...Object.values(outputs ?? {}),
  ]);
  const artifacts = lists.flatMap((list) => list.artifacts ?? []);
  return [...new Set(artifacts.flatMap(({ name, uri }) => (name && !uri ? [name] : [])))];
}

function readTask(task: TaskMessage, known: KnownArtifacts): PulledTask {
  const { containerDetail, customJobDetail } = task.executorDetail ?? {};
  const metadata = readStruct(task.execution?.metadata);
  const jobs = [
    containerDetail?.mainJob,
    customJobDetail?.job,
    ...(containerDetail?.failedMainJobs ?? []),
    ...(customJobDetail?.failedJobs ?? []),
  ];
  const parent = idText(task.parentTaskId);
  return {
    id: idText(task.taskId),
    parent: parent === "" || parent === "0" ? null : parent,
    name: task.taskName ?? "",
    state: String(task.state ?? "STATE_UNSPECIFIED"),
    error: readError(task.error),
    createTime: readTime(task.createTime),
    startTime: readTime(task.startTime),
    endTime: readTime(task.endTime),
    history: (task.pipelineTaskStatus ?? []).map(({ updateTime, state, error }) => ({
      time: readTime(updateTime),
      state: String(state),
      error: readError(error),
    })),
    execution: task.execution?.name || null,
    jobs: [...new Set(jobs.filter((job) => typeof job === "string" && job !== ""))] as string[],
    inputs: readValues("input:", metadata, task.inputs, known),
    outputs: readValues("output:", metadata, task.outputs, known),
  };
}

/** Vertex keeps a task's parameters in the metadata of its execution, artifacts beside it. */
function readValues(
  prefix: string,
  metadata: Readonly<Record<string, JsonValue>>,
  lists: ArtifactLists,
  known: KnownArtifacts,
): PulledValues {
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(prefix));
  return {
    parameters: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    artifacts: mapValues(lists ?? {}, ({ artifacts }) =>
      (artifacts ?? []).map((artifact) => readArtifact(artifact, known)),
    ),
  };
}

function readArtifact(given: ArtifactMessage, known: KnownArtifacts): PulledArtifact {
  const artifact = given.uri ? given : (known.get(given.name ?? "") ?? given);
  return {
    name: artifact.name ?? "",
    displayName: artifact.displayName ?? "",
    uri: artifact.uri ?? "",
    schemaTitle: artifact.schemaTitle ?? "",
    schemaVersion: artifact.schemaVersion ?? "",
    metadata: readStruct(artifact.metadata),
  };
}

function readError(status: protos.google.rpc.IStatus | null | undefined): PulledError | null {
  if (!status?.code && !status?.message) return null;
  return { code: status.code ?? 2, message: status.message ?? "" };
}

function readStruct(struct: Struct): Record<string, JsonValue> {
  return mapValues(struct?.fields ?? {}, (value) => fromProtobufValue(value) as JsonValue);
}

function readTime(time: Time): string | null {
  if (!time?.seconds) return null;
  return new Date(Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6).toISOString();
}

/** An int64 comes as a text, a number or an object of two halves. */
function idText(id: TaskMessage["taskId"]): string {
  return id === null || id === undefined ? "" : String(id);
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
