import type { Status } from "../wire/errors.ts";
import type { TimeMessage } from "../wire/time.ts";

export type JobState =
  | "JOB_STATE_QUEUED"
  | "JOB_STATE_PENDING"
  | "JOB_STATE_RUNNING"
  | "JOB_STATE_SUCCEEDED"
  | "JOB_STATE_FAILED"
  | "JOB_STATE_CANCELLING"
  | "JOB_STATE_CANCELLED";

/** The parts of google.cloud.aiplatform.v1.CustomJob that are read here; the others are kept and given back. */
export interface CustomJobMessage {
  readonly displayName?: string;
  readonly jobSpec?: CustomJobSpecMessage;
  readonly labels?: Readonly<Record<string, string>>;
}
export interface CustomJobSpecMessage {
  readonly workerPoolSpecs?: readonly WorkerPoolMessage[];
  readonly scheduling?: SchedulingMessage;
  readonly baseOutputDirectory?: { readonly outputUriPrefix?: string };
  readonly persistentResourceId?: string;
}
export interface WorkerPoolMessage {
  readonly containerSpec?: {
    readonly imageUri?: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  };
  readonly pythonPackageSpec?: {
    readonly executorImageUri?: string;
    readonly packageUris?: readonly string[];
    readonly pythonModule?: string;
    readonly args?: readonly string[];
    readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  };
  readonly machineSpec?: MachineMessage;
  readonly replicaCount?: string;
}
export interface MachineMessage {
  readonly machineType?: string;
  readonly acceleratorType?: string;
  readonly acceleratorCount?: number;
  readonly tpuTopology?: string;
}
export interface SchedulingMessage {
  readonly timeout?: TimeMessage;
  readonly restartJobOnWorkerRestart?: boolean;
  readonly strategy?: string;
  readonly disableRetries?: boolean;
  readonly maxWaitDuration?: TimeMessage;
}

/** What the store keeps of a CustomJob. Times are milliseconds since the epoch. */
export interface CustomJobRecord {
  readonly name: string;
  readonly message: CustomJobMessage & { readonly jobSpec: CustomJobSpecMessage };
  readonly state: JobState;
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly updateTime: number;
  readonly error?: Status;
  readonly replicas: readonly ReplicaRecord[];
  /** Of a trial of a HyperparameterTuningJob. */
  readonly trial?: TrialReference;
  /** Restarts of the whole job. */
  readonly jobRestarts: number;
}

/** What the workers of a trial are told. */
export interface TrialReference {
  readonly id: string;
  /** Its objective. */
  readonly metric: string;
  /** Where they report their metrics to, each in a folder of its own. */
  readonly metricsFolder: string;
}

export interface ReplicaRecord {
  readonly pool: number;
  readonly index: number;
  /** Port of this replica in CLUSTER_SPEC. */
  readonly port: number;
  /** Processes begun; numbers their folders. */
  readonly launches: number;
  /** Folder of the process under way. */
  readonly process: string | null;
  /** Restarts since the job began, or was restarted as a whole. */
  readonly restarts: number;
}

export function isFinal(state: JobState): boolean {
  return ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"].includes(state);
}
