import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import type { Faults } from "../admin/faults.ts";
import type { Capacity } from "../processes/capacity.ts";
import type { Containers } from "../processes/containers.ts";
import { follow } from "../processes/follow.ts";
import { freePorts } from "../processes/ports.ts";
import { findProcess, type ManagedProcess } from "../processes/process.ts";
import type { Settings } from "../settings.ts";
import { VertexError } from "../wire/errors.ts";
import { locationOf } from "../wire/names.ts";
import { fromDuration } from "../wire/time.ts";
import { containerOf } from "./container.ts";
import { poolName, replicaEnvironment, replicaFolder } from "./environment.ts";
import type { CustomJobRecord, ReplicaRecord } from "./records.ts";

export interface CustomJobDependencies {
  readonly clock: Clock;
  readonly containers: Containers;
  readonly capacity: Capacity;
  readonly settings: Settings;
  readonly faults: Faults;
}

/** The job's record, which the run reads and writes. */
export interface JobCell {
  get(): CustomJobRecord;
  update(changes: Partial<CustomJobRecord>): void;
}

/** A replica vanished, or its machine was taken away: Vertex's own fault, so it is tried again. */
class ReplicaLost extends Error {
  override readonly name = "ReplicaLost";
  readonly code = "REPLICA_LOST";
}

class TimedOut extends Error {
  override readonly name = "TimedOut";
  readonly code = "TIMED_OUT";
}

const defaultTimeout = 7 * 24 * 3_600_000;
const defaultMaxWait = 24 * 3_600_000;

/** One execution of a CustomJob: its replicas as processes, until its first replica has ended well or any has failed. */
export class CustomJobRun {
  readonly #cell: JobCell;
  readonly #folder: string;
  readonly #dependencies: CustomJobDependencies;
  readonly #live = new Map<string, { readonly process: ManagedProcess; preempted: boolean }>();

  constructor(cell: JobCell, folder: string, dependencies: CustomJobDependencies) {
    this.#cell = cell;
    this.#folder = folder;
    this.#dependencies = dependencies;
  }

  /** Takes away the machine of every replica: each gets SIGTERM, then SIGKILL, and starts anew. */
  async preempt(): Promise<void> {
    await Promise.all(
      [...this.#live.values()].map((replica) => {
        replica.preempted = true;
        return replica.process.stop(this.#dependencies.settings.killGrace);
      }),
    );
  }

  /** Resolves when the job has succeeded; throws the {@link VertexError} it failed with, or the signal's reason. */
  async execute(signal: AbortSignal): Promise<void> {
    const { clock, faults, capacity } = this.#dependencies;
    const { name } = this.#cell.get();
    const begun = this.#cell.get().replicas.some(({ process }) => process !== null);
    if (!begun) {
      await faults.delay("CustomJob", name, clock, signal);
      if (faults.stockout(name)) throw stockout(name);
    }
    const scheduling = this.#cell.get().message.jobSpec.scheduling ?? {};
    const waited = new AbortController();
    const { maxWaitDuration, strategy } = scheduling;
    const maxWait = maxWaitDuration === undefined ? defaultMaxWait : fromDuration(maxWaitDuration);
    if (strategy === "FLEX_START" && maxWait > 0) clock.schedule(maxWait, () => waited.abort(stockout(name)));
    // Workers wait for each other, so that some of them without the others would wait for ever.
    const request = { processes: this.#cell.get().replicas.length, cpus: 0, memory: 0 };
    const release = begun
      ? capacity.hold(request)
      : await capacity.acquire(request, AbortSignal.any([signal, waited.signal]));
    try {
      await this.#assignPorts();
      const { startTime = clock.now() } = this.#cell.get();
      if (this.#cell.get().state !== "JOB_STATE_CANCELLING")
        this.#cell.update({ state: "JOB_STATE_RUNNING", startTime });
      await this.#withTimeout(startTime, signal, (inner) => this.#untilDone(inner));
    } finally {
      release();
    }
  }

  async #withTimeout(
    startTime: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { clock } = this.#dependencies;
    const given = this.#cell.get().message.jobSpec.scheduling?.timeout;
    const timeout = (given === undefined ? 0 : fromDuration(given)) || defaultTimeout;
    const over = new AbortController();
    const timer = clock.schedule(startTime + timeout - clock.now(), () => over.abort(new TimedOut()));
    try {
      await work(AbortSignal.any([signal, over.signal]));
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error;
      throw new VertexError("DEADLINE_EXCEEDED", `The job ran longer than its timeout of ${timeout / 1000} seconds.`);
    } finally {
      timer.cancel();
    }
  }

  /** Restarts the whole job where a replica can't be restarted by itself. */
  async #untilDone(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#allReplicas(signal);
      } catch (error) {
        if (!(error instanceof ReplicaLost)) throw error;
        const { jobRestarts, replicas, message } = this.#cell.get();
        if (
          message.jobSpec.scheduling?.disableRetries === true ||
          jobRestarts >= this.#dependencies.settings.jobRestarts
        ) {
          throw new VertexError("UNAVAILABLE", `${error.message} The job was restarted ${jobRestarts} times.`);
        }
        this.#cell.update({
          jobRestarts: jobRestarts + 1,
          replicas: replicas.map((replica) => ({ ...replica, process: null, restarts: 0 })),
        });
      }
    }
  }

  async #allReplicas(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const inner = AbortSignal.any([signal, ended.signal]);
    const runs = this.#cell.get().replicas.map((_replica, position) => this.#replica(position, inner));
    const [first, ...others] = runs;
    const failures = Promise.all(others);
    try {
      // The first replica decides; another's failure fails the job before.
      await Promise.race([first, failures.then(() => first)]);
    } finally {
      ended.abort(new Error("the job has ended"));
      await Promise.allSettled(runs);
    }
  }

  async #replica(position: number, signal: AbortSignal): Promise<void> {
    const { settings } = this.#dependencies;
    for (;;) {
      const process = await this.#adoptOrStart(position, signal);
      const key = String(position);
      const live = { process, preempted: false };
      this.#live.set(key, live);
      const status = await follow(process, signal, settings.killGrace).finally(() => this.#live.delete(key));
      if (status === 0 && !live.preempted) return;
      const { pool, index, restarts } = this.#replicaAt(position);
      const replica = `${poolName(pool)}-${index}`;
      if (status !== null && !live.preempted) throw failure(replica, status, process);
      const { restartJobOnWorkerRestart = false, disableRetries = false } =
        this.#cell.get().message.jobSpec.scheduling ?? {};
      if (disableRetries || restartJobOnWorkerRestart || restarts >= settings.workerRestarts) {
        throw new ReplicaLost(`The replica ${replica} was ${live.preempted ? "preempted" : "lost"}.`);
      }
      this.#updateReplica(position, { process: null, restarts: restarts + 1 });
    }
  }

  async #adoptOrStart(position: number, signal: AbortSignal): Promise<ManagedProcess> {
    const replica = this.#replicaAt(position);
    if (replica.process !== null) {
      const found = await findProcess(replica.process);
      if (found.kind !== "lost") return found.process;
    }
    signal.throwIfAborted();
    const job = this.#cell.get();
    const container = containerOf(job.message.jobSpec.workerPoolSpecs?.[replica.pool] ?? {});
    const launches = replica.launches + 1;
    const folder = join(this.#folder, replicaFolder(replica), String(launches));
    this.#updateReplica(position, { launches, process: folder });
    return this.#dependencies.containers.start(
      {
        image: container.imageUri ?? "",
        command: container.command ?? [],
        args: container.args ?? [],
        environment: replicaEnvironment(job, replica),
        ...(job.trial !== undefined && { folders: [join(job.trial.metricsFolder, replicaFolder(replica))] }),
      },
      folder,
    );
  }

  async #assignPorts(): Promise<void> {
    const { replicas } = this.#cell.get();
    if (replicas.every(({ port }) => port !== 0)) return;
    const ports = await freePorts(replicas.length);
    this.#cell.update({ replicas: replicas.map((replica, position) => ({ ...replica, port: ports[position] ?? 0 })) });
  }

  #replicaAt(position: number): ReplicaRecord {
    const replica = this.#cell.get().replicas[position];
    if (replica === undefined) throw new Error(`the job has no replica ${position}`);
    return replica;
  }

  #updateReplica(position: number, changes: Partial<ReplicaRecord>): void {
    const replicas = this.#cell
      .get()
      .replicas.map((replica, at) => (at === position ? { ...replica, ...changes } : replica));
    this.#cell.update({ replicas });
  }
}

/** In Vertex's words, with the last lines of the log. */
export function failure(replica: string, status: number, process: ManagedProcess): VertexError {
  const lines = process.lastLines();
  return new VertexError(
    "INVALID_ARGUMENT",
    `The replica ${replica} exited with a non-zero status of ${status}.${lines === "" ? "" : `\n${lines}\n`} To find out more about why your job exited please check the logs: ${process.directory}`,
  );
}

function stockout(name: string): VertexError {
  const { location } = locationOf(name);
  return new VertexError(
    "RESOURCE_EXHAUSTED",
    `Resources are insufficient in region: ${location}. Please try a different region. If you use K80, please consider using P100 or V100 instead.`,
  );
}
