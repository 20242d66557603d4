import type { PipelineSpec } from "../../../specs/ir/types.ts";
import type { JsonValue } from "../../../specs/nodes/index.ts";

/** A pipeline job as it was when it was pulled. Times are RFC 3339, null for what hasn't happened. */
export interface PulledJob {
  /** `projects/PROJECT/locations/LOCATION/pipelineJobs/ID`. */
  readonly name: string;
  readonly displayName: string;
  /** Without `PIPELINE_STATE_`. */
  readonly state: string;
  readonly error: PulledError | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly network: string;
  readonly templateUri: string;
  readonly createTime: string | null;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly runtimeConfig: {
    readonly gcsOutputDirectory: string;
    readonly parameterValues: Readonly<Record<string, JsonValue>>;
    readonly failurePolicy: string;
    /** By input of the pipeline. */
    readonly inputArtifacts: Readonly<Record<string, PulledArtifact>>;
  };
  readonly spec: PipelineSpec;
  readonly tasks: readonly PulledTask[];
}

export interface PulledTask {
  readonly id: string;
  /** Null for what stands at the top. */
  readonly parent: string | null;
  readonly name: string;
  readonly state: string;
  readonly error: PulledError | null;
  readonly createTime: string | null;
  readonly startTime: string | null;
  readonly endTime: string | null;
  /** Of all its tries. */
  readonly history: readonly {
    readonly time: string | null;
    readonly state: string;
    readonly error: PulledError | null;
  }[];
  /** Resource name in the metadata store. */
  readonly execution: string | null;
  /** Jobs that it ran as, the last one first. */
  readonly jobs: readonly string[];
  readonly inputs: PulledValues;
  readonly outputs: PulledValues;
}

export interface PulledValues {
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly artifacts: Readonly<Record<string, readonly PulledArtifact[]>>;
}

export interface PulledArtifact {
  readonly name: string;
  readonly displayName: string;
  readonly uri: string;
  readonly schemaTitle: string;
  readonly schemaVersion: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}

export interface PulledError {
  /** As in google.rpc.Code. */
  readonly code: number;
  readonly message: string;
}

/** A task that ended well: Vertex calls it skipped where its results come from the cache. */
export function hasResults({ state }: PulledTask): boolean {
  return state === "SUCCEEDED" || state === "SKIPPED";
}
