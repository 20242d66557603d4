import { hostname } from "node:os";
import { type NativeConnection, Worker, type WorkerOptions } from "@temporalio/worker";
import type { Environment } from "../../activities/clients/environment.ts";

export interface RetemperWorkerOptions {
  readonly environment: Environment;
  readonly connection: NativeConnection;
  /** What `createActivities` made. */
  readonly activities: object;
  /** What `bundleWorkflows` made. */
  readonly workflowBundle: string;
  /** Laid over ours: slots, interceptors, a build id. */
  readonly overrides?: Partial<WorkerOptions>;
}

/** A worker of our workflows and activities, on the environment's task queue. */
export function createWorker(options: RetemperWorkerOptions): Promise<Worker> {
  const { namespace, taskQueue } = options.environment.temporal;
  return Worker.create({
    connection: options.connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: options.workflowBundle },
    activities: options.activities,
    identity: `retemper-worker ${process.pid}@${hostname()}`,
    // A copy of a large file may finish; what does not is retried by the next worker.
    shutdownGraceTime: "20 seconds",
    shutdownForceTime: "30 seconds",
    // So that progress is seen as it is told: left out, four fifths of the heartbeat's timeout would go by.
    maxHeartbeatThrottleInterval: "5 seconds",
    ...options.overrides,
  });
}
