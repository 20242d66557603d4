import type { Clock } from "../../clock.ts";
import { isFinal, type JobState } from "../custom-jobs/records.ts";
import { Cancelled, ServerClosing } from "../shutdown.ts";
import type { Collection } from "../store/store.ts";
import { notFound, type Status, VertexError } from "../wire/errors.ts";

/** What every kind of job keeps. Times are milliseconds since the epoch. */
export interface JobRecord {
  readonly name: string;
  readonly state: JobState;
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly updateTime: number;
  readonly error?: Status;
}

/** A job's record, which its run reads and writes. */
export interface JobCell<R extends JobRecord> {
  get(): R;
  update(changes: Partial<R>): void;
  /** The first time it runs; a cancelled job stays cancelling. */
  running(): void;
}

export interface JobKind<R extends JobRecord> {
  /** As errors name it, such as `BatchPredictionJob`. */
  readonly kind: string;
  readonly records: Collection<R>;
  readonly clock: Clock;
  /** Resolves when the job has succeeded; throws what it failed with, or the signal's reason. Runs again after a restart. */
  readonly execute: (cell: JobCell<R>, signal: AbortSignal) => Promise<void>;
}

interface Live {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** The jobs of one kind: stored, run, cancelled, taken up again after a restart. */
export class Jobs<R extends JobRecord> {
  readonly #kind: JobKind<R>;
  readonly #live = new Map<string, Live>();

  constructor(kind: JobKind<R>) {
    this.#kind = kind;
  }

  /** Stores the job; it starts once the caller's own work is done. */
  begin(parent: string, job: R): R {
    this.#kind.records.put(job.name, parent, job);
    queueMicrotask(() => this.#start(job.name));
    return job;
  }

  get(name: string): R {
    const job = this.#kind.records.get(name);
    if (job === undefined) throw notFound(this.#kind.kind, name);
    return job;
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): R[] {
    return this.#kind.records.list(parent);
  }

  /** Returns at once; a job that has ended stays as it is. */
  cancel(name: string): void {
    if (isFinal(this.get(name).state)) return;
    this.#update(name, { state: "JOB_STATE_CANCELLING" });
    this.#start(name).abort.abort(cancelled());
  }

  delete(name: string): void {
    const { state } = this.get(name);
    if (!isFinal(state)) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `${this.#kind.kind} ${name} is in state ${state}; cancel it before deleting it.`,
      );
    }
    this.#kind.records.delete(name);
  }

  /** Takes up what the last server left. */
  resume(): void {
    for (const { name, state } of this.list()) if (!isFinal(state)) this.#start(name);
  }

  async close(): Promise<void> {
    for (const { abort } of this.#live.values()) abort.abort(new ServerClosing());
    await Promise.all([...this.#live.values()].map(({ done }) => done));
  }

  #start(name: string): Live {
    const known = this.#live.get(name);
    if (known !== undefined) return known;
    const abort = new AbortController();
    const live = { abort, done: this.#run(name, abort).finally(() => this.#live.delete(name)) };
    this.#live.set(name, live);
    return live;
  }

  async #run(name: string, abort: AbortController): Promise<void> {
    const cell = this.#cell(name);
    if (cell.get().state === "JOB_STATE_CANCELLING") abort.abort(cancelled());
    try {
      // The caller comes first, so that it knows of the job before anything becomes of it.
      await Promise.resolve();
      await this.#kind.execute(cell, abort.signal);
      this.#end(name, "JOB_STATE_SUCCEEDED");
    } catch (error) {
      if (error instanceof ServerClosing) return;
      if (!(error instanceof Cancelled)) this.#end(name, "JOB_STATE_FAILED", VertexError.from(error));
      else this.#end(name, "JOB_STATE_CANCELLED", new VertexError("CANCELLED", error.message));
    }
  }

  #cell(name: string): JobCell<R> {
    return {
      get: () => this.get(name),
      update: (changes) => this.#update(name, changes),
      running: () => {
        const { state, startTime = this.#kind.clock.now() } = this.get(name);
        if (state !== "JOB_STATE_CANCELLING") this.#update(name, { state: "JOB_STATE_RUNNING", startTime });
      },
    };
  }

  #end(name: string, state: JobState, error?: VertexError): void {
    const endTime = this.#kind.clock.now();
    this.#update(name, { state, endTime, ...(error !== undefined && { error: error.toStatus() }) });
  }

  #update(name: string, changes: Partial<JobRecord> | Partial<R>): void {
    this.#kind.records.put(name, "", { ...this.get(name), ...changes, updateTime: this.#kind.clock.now() });
  }
}

function cancelled(): Cancelled {
  return new Cancelled("The job was cancelled.");
}
