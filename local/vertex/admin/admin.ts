import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { Faults } from "./faults.ts";

/** What tests can do to this server that no client of Vertex can. */
export interface Admin {
  readonly faults: Faults;
  /** Takes the machines of a running CustomJob away; it starts again on others. */
  preempt(customJob: string): Promise<void>;
  /** Ends one server process of a deployed model; it comes up again by itself. */
  failReplica(replica: ReplicaReference): Promise<void>;
  /** Takes a replica for unhealthy, so that it gets no requests, until it is set healthy again. */
  setReplicaHealth(replica: ReplicaReference, healthy: boolean): void;
}

export interface ReplicaReference {
  readonly endpoint: string;
  readonly deployedModelId: string;
  /** From 0. */
  readonly index: number;
}

export function createAdmin(faults: Faults, customJobs: CustomJobs, endpoints: Endpoints): Admin {
  const replicaOf = ({ endpoint, deployedModelId, index }: ReplicaReference) =>
    endpoints.deployment(endpoint, deployedModelId).replica(index);
  return {
    faults,
    preempt: (customJob) => customJobs.preempt(customJob),
    failReplica: (replica) => replicaOf(replica).fail(),
    setReplicaHealth: (replica, healthy) => replicaOf(replica).forceUnhealthy(!healthy),
  };
}
