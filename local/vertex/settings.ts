import type { CapacityLimits } from "./processes/capacity.ts";
import type { ContainerEngine } from "./processes/engine.ts";

/** How this Vertex behaves where the real one leaves it open, or where one machine needs a limit. Times in milliseconds. */
export interface Settings {
  readonly capacity: CapacityLimits;
  /** Runs images that no program of this machine stands for, where it is present; null for none. */
  readonly containerEngine: ContainerEngine | null;
  /** Whether tasks get a `/gcs` of their own, where the system can give them one; otherwise such paths are rewritten. */
  readonly mountBuckets: boolean;
  /** Base address of a Cloud Storage from which importers bring what isn't here, such as https://storage.googleapis.com; null for none. */
  readonly storageUpstream: string | null;
  /** Between SIGTERM and SIGKILL. */
  readonly killGrace: number;
  /** How long a deployed model may take to become healthy, unless its containerSpec says so. */
  readonly healthTimeout: number;
  /** How long one prediction may take. */
  readonly predictTimeout: number;
  /** Restarts of a worker that vanished or was preempted, before the whole job restarts. */
  readonly workerRestarts: number;
  readonly jobRestarts: number;
}

export const defaultSettings: Settings = {
  capacity: { processes: 64, cpus: null, memory: null },
  containerEngine: null,
  mountBuckets: true,
  storageUpstream: null,
  killGrace: 10_000,
  healthTimeout: 30 * 60_000,
  predictTimeout: 60_000,
  // "Worker restarts: up to 5, then the job up to 3 times": https://cloud.google.com/vertex-ai/docs/training/overview
  workerRestarts: 5,
  jobRestarts: 3,
};
