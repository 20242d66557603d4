import type { Status } from "../wire/errors.ts";
import type { Json, JsonObject } from "../wire/json.ts";

/** What the store keeps of pipeline jobs. Times are milliseconds since the epoch. */

export type PipelineState =
  | "PIPELINE_STATE_PENDING"
  | "PIPELINE_STATE_RUNNING"
  | "PIPELINE_STATE_SUCCEEDED"
  | "PIPELINE_STATE_FAILED"
  | "PIPELINE_STATE_CANCELLING"
  | "PIPELINE_STATE_CANCELLED";

export type TaskState =
  | "PENDING"
  | "RUNNING"
  | "SUCCEEDED"
  | "CANCEL_PENDING"
  | "CANCELLING"
  | "CANCELLED"
  | "FAILED"
  | "SKIPPED"
  | "NOT_TRIGGERED";

export type FailurePolicy = "PIPELINE_FAILURE_POLICY_FAIL_SLOW" | "PIPELINE_FAILURE_POLICY_FAIL_FAST";

export interface PipelineJobRecord {
  readonly name: string;
  readonly displayName: string;
  /** From the spec's `pipelineInfo`. */
  readonly pipelineName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gcsOutputDirectory: string;
  readonly parameterValues: JsonObject;
  /** Artifact id of each input artifact. */
  readonly inputArtifacts: Readonly<Record<string, string>>;
  readonly failurePolicy: FailurePolicy;
  readonly serviceAccount: string;
  readonly network: string;
  /** Of the schedule that started it. */
  readonly scheduleName?: string;
  /** When that one meant it to start. */
  readonly scheduledTime?: number;
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly updateTime: number;
  readonly state: PipelineState;
  readonly error?: Status;
}

export interface ArtifactRecord {
  readonly name: string;
  readonly displayName: string;
  readonly uri: string;
  readonly schemaTitle: string;
  readonly schemaVersion: string;
  /** Where the type is given by its text instead of its title. */
  readonly instanceSchema?: string;
  readonly metadata: JsonObject;
  readonly createTime: number;
}

export interface Values {
  readonly parameters: Readonly<Record<string, Json>>;
  readonly artifacts: Readonly<Record<string, readonly ArtifactRecord[]>>;
}

export const noValues: Values = { parameters: {}, artifacts: {} };

export interface TaskRecord {
  readonly job: string;
  /** Unique in the job: names of the tasks above it and its own, with the iteration and, of a nested pipeline, the try. */
  readonly path: string;
  /** As Vertex reports it: names only, joined by dots. */
  readonly uniqueName: string;
  readonly id: string;
  /** Id of the task above; absent for the root. */
  readonly parentId?: string;
  readonly taskName: string;
  readonly kind: "dag" | "container" | "importer" | "custom-job";
  readonly state: TaskState;
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly history: readonly { readonly time: number; readonly state: TaskState; readonly error?: Status }[];
  readonly inputs: Values;
  readonly outputs: Values;
  readonly error?: Status;
  /** Resource name of its execution in the metadata store. */
  readonly execution: string;
  /** Tries begun; the last may be under way. */
  readonly attempt: number;
  /** Processes begun, over all tries; numbers their folders. */
  readonly launches: number;
  /** Folder of the process under way. */
  readonly process: string | null;
  /** Of the root only: one of its tasks has failed for good. */
  readonly failing?: true;
  /** CustomJob that it runs as, and those of earlier tries. */
  readonly customJob: string | null;
  readonly failedCustomJobs: readonly string[];
  /** The operation or job that another of Google's components began in this try. */
  readonly resource: string | null;
}

export function isFinal(state: TaskState): boolean {
  return ["SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED", "NOT_TRIGGERED"].includes(state);
}

export function isJobFinal(state: PipelineState): boolean {
  return ["PIPELINE_STATE_SUCCEEDED", "PIPELINE_STATE_FAILED", "PIPELINE_STATE_CANCELLED"].includes(state);
}
