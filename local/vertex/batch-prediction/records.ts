import type { MachineMessage } from "../custom-jobs/records.ts";
import type { JobRecord } from "../jobs/jobs.ts";
import type { ContainerSpecMessage } from "../models/records.ts";
import type { Status } from "../wire/errors.ts";
import type { ValueMessage } from "../wire/json.ts";

/** The parts of google.cloud.aiplatform.v1.BatchPredictionJob that are read here; the others are kept and given back. */
export interface BatchPredictionJobMessage {
  readonly displayName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly model?: string;
  readonly unmanagedContainerModel?: UnmanagedContainerModelMessage;
  readonly inputConfig?: {
    readonly instancesFormat?: string;
    readonly gcsSource?: { readonly uris?: readonly string[] };
    readonly bigquerySource?: object;
  };
  readonly instanceConfig?: InstanceConfigMessage;
  readonly modelParameters?: ValueMessage;
  readonly outputConfig?: {
    readonly predictionsFormat?: string;
    readonly gcsDestination?: { readonly outputUriPrefix?: string };
    readonly bigqueryDestination?: object;
  };
  readonly dedicatedResources?: {
    readonly machineSpec?: MachineMessage;
    readonly startingReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
  readonly manualBatchTuningParameters?: { readonly batchSize?: number };
  readonly generateExplanation?: boolean;
}

export interface UnmanagedContainerModelMessage {
  readonly artifactUri?: string;
  readonly containerSpec?: ContainerSpecMessage;
}

export interface InstanceConfigMessage {
  readonly instanceType?: string;
  readonly keyField?: string;
  readonly includedFields?: readonly string[];
  readonly excludedFields?: readonly string[];
}

export interface CompletionStats {
  readonly successfulCount: number;
  readonly failedCount: number;
  readonly incompleteCount: number;
}

/** What the store keeps of a BatchPredictionJob. */
export interface BatchPredictionJobRecord extends JobRecord {
  readonly message: BatchPredictionJobMessage;
  /** Resource name of the model version, `…/models/M@V`; null for a model that is in no registry. */
  readonly modelVersion: string | null;
  readonly modelDisplayName: string;
  /** `gs://…`, once the output has begun. */
  readonly outputDirectory?: string;
  readonly completionStats?: CompletionStats;
  readonly partialFailures?: readonly Status[];
}

/** Instances in a request unless the job says so: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ManualBatchTuningParameters */
export const defaultBatchSize = 64;

/** "The system uses starting_replica_count; max_replica_count is ignored": https://cloud.google.com/vertex-ai/docs/predictions/get-batch-predictions */
export function replicaCountOf({ dedicatedResources }: BatchPredictionJobMessage): number {
  return dedicatedResources?.startingReplicaCount || 1;
}
