import type { MachineMessage } from "../custom-jobs/records.ts";
import type { ExplanationSpecMessage } from "../serving/explanations/spec.ts";
import type { TrafficSplit } from "./traffic-split.ts";

/** The parts of google.cloud.aiplatform.v1.DeployedModel that are read here; the others are kept and given back. */
export interface DeployedModelMessage {
  readonly id?: string;
  readonly model?: string;
  readonly displayName?: string;
  readonly dedicatedResources?: {
    readonly machineSpec?: MachineMessage;
    readonly minReplicaCount?: number;
    readonly maxReplicaCount?: number;
  };
  readonly automaticResources?: { readonly minReplicaCount?: number; readonly maxReplicaCount?: number };
  readonly sharedResources?: string;
  readonly explanationSpec?: ExplanationSpecMessage;
  readonly disableExplanations?: boolean;
}

export interface EndpointMessage {
  readonly name?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly trafficSplit?: TrafficSplit;
  readonly etag?: string;
  readonly clientConnectionConfig?: object;
  /** It answers at an address of its own, which clients take from `dedicatedEndpointDns`. */
  readonly dedicatedEndpointEnabled?: boolean;
}

export interface DeployedModelRecord {
  readonly id: string;
  /** Resource name, without a version. */
  readonly model: string;
  readonly modelVersionId: string;
  readonly displayName: string;
  readonly createTime: number;
  readonly message: DeployedModelMessage;
}

export interface EndpointRecord {
  readonly name: string;
  readonly message: EndpointMessage;
  readonly trafficSplit: TrafficSplit;
  readonly deployedModels: readonly DeployedModelRecord[];
  readonly createTime: number;
  readonly updateTime: number;
  /** Changes with every update. */
  readonly etag: number;
}

/** A deployment under way. */
export interface PendingDeployment {
  readonly operation: string;
  readonly endpoint: string;
  readonly deployed: DeployedModelRecord;
  readonly trafficSplit: TrafficSplit;
}

export function replicaCount({ dedicatedResources, automaticResources }: DeployedModelMessage): number {
  return dedicatedResources?.minReplicaCount ?? automaticResources?.minReplicaCount ?? 1;
}
