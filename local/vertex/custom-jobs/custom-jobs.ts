import { join } from "node:path";
import { Cancelled, ServerClosing } from "../shutdown.ts";
import type { Collection, Store } from "../store/store.ts";
import { notFound, VertexError } from "../wire/errors.ts";
import { idOf, locationOf, newNumericId } from "../wire/names.ts";
import { replicaFolder } from "./environment.ts";
import type { CustomJobMessage, CustomJobRecord, ReplicaRecord, TrialReference } from "./records.ts";
import { isFinal } from "./records.ts";
import { type CustomJobDependencies, CustomJobRun } from "./run.ts";
import { validateCustomJob } from "./validate.ts";

interface Live {
  readonly run: CustomJobRun;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** The CustomJobs of this server: created, run, cancelled, taken up again after a restart. */
export class CustomJobs {
  readonly #jobs: Collection<CustomJobRecord>;
  readonly #live = new Map<string, Live>();
  readonly #folder: string;
  readonly #dependencies: CustomJobDependencies;

  constructor(store: Store, folder: string, dependencies: CustomJobDependencies) {
    this.#jobs = store.collection("custom-jobs");
    this.#folder = folder;
    this.#dependencies = dependencies;
  }

  /** Checks and stores the job; it starts once the caller's own work is done. */
  create(parent: string, message: CustomJobMessage | undefined, trial?: TrialReference): CustomJobRecord {
    validateCustomJob(message);
    const now = this.#dependencies.clock.now();
    const pools = message.jobSpec.workerPoolSpecs ?? [];
    const replicas = pools.flatMap((pool, index) =>
      Array.from({ length: Number(pool.replicaCount ?? 0) }, (_, replica) => ({
        pool: index,
        index: replica,
        port: 0,
        launches: 0,
        process: null,
        restarts: 0,
      })),
    );
    const state = message.jobSpec.scheduling?.strategy === "FLEX_START" ? "JOB_STATE_QUEUED" : "JOB_STATE_PENDING";
    const job: CustomJobRecord = {
      name: `${parent}/customJobs/${newNumericId()}`,
      message,
      state,
      createTime: now,
      updateTime: now,
      replicas,
      jobRestarts: 0,
      ...(trial !== undefined && { trial }),
    };
    this.#jobs.put(job.name, parent, job);
    queueMicrotask(() => this.#start(job.name));
    return job;
  }

  get(name: string): CustomJobRecord {
    const job = this.#jobs.get(name);
    if (job === undefined) throw notFound("CustomJob", name);
    return job;
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): CustomJobRecord[] {
    return this.#jobs.list(parent);
  }

  /** Of all processes of a replica, the earliest first; each holds `stdout.log` and `stderr.log`. */
  processFolders(name: string, replica: ReplicaRecord): string[] {
    const folder = join(this.#folderOf(name), replicaFolder(replica));
    return Array.from({ length: replica.launches }, (_, index) => join(folder, String(index + 1)));
  }

  /** Waits until the job has ended, and gives it back; rejects with the signal's reason. */
  async ended(name: string, signal: AbortSignal): Promise<CustomJobRecord> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (let job = this.get(name); ; job = this.get(name)) {
        if (isFinal(job.state)) return job;
        await Promise.race([this.#start(name).done, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Returns at once; a job that has ended stays as it is. */
  cancel(name: string): void {
    const job = this.get(name);
    if (isFinal(job.state)) return;
    this.#update(name, { state: "JOB_STATE_CANCELLING" });
    this.#start(name).abort.abort(new Cancelled("The job was cancelled."));
  }

  delete(name: string): void {
    const { state } = this.get(name);
    if (!isFinal(state)) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `CustomJob ${name} is in state ${state}; cancel it before deleting it.`,
      );
    }
    this.#jobs.delete(name);
  }

  /** Takes the machines of a running job away. */
  async preempt(name: string): Promise<void> {
    this.get(name);
    await this.#live.get(name)?.run.preempt();
  }

  /** Takes up what the last server left. */
  resume(): void {
    for (const { name, state } of this.#jobs.list()) if (!isFinal(state)) this.#start(name);
  }

  async close(): Promise<void> {
    for (const { abort } of this.#live.values()) abort.abort(new ServerClosing());
    await Promise.all([...this.#live.values()].map(({ done }) => done));
  }

  #folderOf(name: string): string {
    const { project, location } = locationOf(name);
    return join(this.#folder, project, location, idOf(name));
  }

  #start(name: string): Live {
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const cell = {
      get: () => this.get(name),
      update: (changes: Partial<CustomJobRecord>) => this.#update(name, changes),
    };
    const run = new CustomJobRun(cell, this.#folderOf(name), this.#dependencies);
    const abort = new AbortController();
    const done = Promise.resolve()
      .then(() => {
        if (cell.get().state === "JOB_STATE_CANCELLING") abort.abort(new Cancelled("The job was cancelled."));
        return run.execute(abort.signal);
      })
      .then(
        () => this.#end(name, { state: "JOB_STATE_SUCCEEDED" }),
        (error: unknown) => {
          if (error instanceof ServerClosing) return;
          if (error instanceof Cancelled) {
            this.#end(name, {
              state: "JOB_STATE_CANCELLED",
              error: new VertexError("CANCELLED", "The job was cancelled.").toStatus(),
            });
          } else this.#end(name, { state: "JOB_STATE_FAILED", error: VertexError.from(error).toStatus() });
        },
      )
      .finally(() => this.#live.delete(name));
    const live = { run, abort, done };
    this.#live.set(name, live);
    return live;
  }

  #end(name: string, changes: Pick<CustomJobRecord, "state" | "error">): void {
    this.#update(name, { ...changes, endTime: this.#dependencies.clock.now() });
  }

  #update(name: string, changes: Partial<CustomJobRecord>): void {
    const job = this.get(name);
    this.#jobs.put(name, "", { ...job, ...changes, updateTime: this.#dependencies.clock.now() });
  }
}
