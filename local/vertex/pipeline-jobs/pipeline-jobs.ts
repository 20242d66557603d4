import { join } from "node:path";
import { Cancelled, ServerClosing } from "../shutdown.ts";
import type { Collection } from "../store/store.ts";
import { alreadyExists, notFound, VertexError } from "../wire/errors.ts";
import type { JsonObject } from "../wire/json.ts";
import { idOf, locationOf } from "../wire/names.ts";
import { metadataStore } from "./artifacts.ts";
import { type PipelineJobMessage, parsePipelineJob } from "./create.ts";
import { TaskLedger } from "./ledger.ts";
import { taskFolder } from "./names.ts";
import { isFinal, isJobFinal, type PipelineJobRecord, type TaskRecord, type Values } from "./records.ts";
import { PipelineRun, type RunDependencies } from "./run.ts";
import { parseSpec } from "./spec.ts";
import { registerArtifacts, type TakenResults } from "./taken-results.ts";

interface Live {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** The pipeline jobs of this server: created, run, cancelled, taken up again after a restart. */
export class PipelineJobs {
  readonly #jobs: Collection<PipelineJobRecord>;
  readonly #specs: Collection<JsonObject>;
  readonly #taken: Collection<TakenResults>;
  readonly #live = new Map<string, Live>();
  readonly #folder: string;
  readonly #dependencies: RunDependencies;
  readonly #deleting: ((job: PipelineJobRecord) => void)[] = [];

  constructor(folder: string, dependencies: RunDependencies) {
    this.#jobs = dependencies.store.collection("pipeline-jobs");
    // Apart, because a job's record is written at each change of a task.
    this.#specs = dependencies.store.collection("pipeline-specs");
    this.#taken = dependencies.store.collection("taken-results");
    this.#folder = folder;
    this.#dependencies = dependencies;
  }

  /** Checks and stores the job, and starts it. Throws ALREADY_EXISTS, INVALID_ARGUMENT, UNIMPLEMENTED. */
  create(
    parent: string,
    id: string | undefined,
    message: PipelineJobMessage | undefined,
    schedule: Pick<PipelineJobRecord, "scheduleName" | "scheduledTime"> = {},
  ): PipelineJobRecord {
    const { record: asked, spec, taken } = parsePipelineJob(parent, id, message, this.#dependencies.clock.now());
    const record = { ...asked, ...schedule };
    if (this.#jobs.get(record.name) !== undefined) throw alreadyExists("PipelineJob", record.name);
    this.#inputs(record);
    this.#dependencies.store.transaction(() => {
      this.#jobs.put(record.name, parent, record);
      this.#specs.put(record.name, parent, spec);
      if (Object.keys(taken).length > 0) {
        this.#taken.put(record.name, parent, registerArtifacts(taken, record.name, this.#dependencies.artifacts));
      }
    });
    queueMicrotask(() => this.#start(record.name));
    return record;
  }

  get(name: string): PipelineJobRecord {
    const job = this.#jobs.get(name);
    if (job === undefined) throw notFound("PipelineJob", name);
    return job;
  }

  spec(name: string): JsonObject {
    return this.#specs.get(name) ?? {};
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): PipelineJobRecord[] {
    return this.#jobs.list(parent);
  }

  ledger(name: string): TaskLedger {
    const { store, clock } = this.#dependencies;
    return new TaskLedger(name, store, clock, () => this.#update(name, {}));
  }

  /** Of all processes that a task began, the earliest first; each holds `stdout.log` and `stderr.log`. */
  processFolders({ job, path, launches }: TaskRecord): string[] {
    const folder = join(this.#folderOf(job), taskFolder(path));
    return Array.from({ length: launches }, (_, index) => join(folder, String(index + 1)));
  }

  /** Returns at once; a job that has ended stays as it is. */
  cancel(name: string): void {
    const { state } = this.get(name);
    if (isJobFinal(state)) return;
    this.#update(name, { state: "PIPELINE_STATE_CANCELLING" });
    const ledger = this.ledger(name);
    for (const task of ledger.list()) if (!isFinal(task.state)) ledger.transition(task.path, "CANCELLING");
    this.#start(name).abort.abort(new Cancelled("The pipeline job was cancelled."));
  }

  /** Calls back before a job is deleted, as part of the deletion. */
  onDelete(listener: (job: PipelineJobRecord) => void): void {
    this.#deleting.push(listener);
  }

  delete(name: string): void {
    const job = this.get(name);
    const { state } = job;
    if (!isJobFinal(state)) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `PipelineJob ${name} is in state ${state}; cancel it before deleting it.`,
      );
    }
    const { store } = this.#dependencies;
    store.transaction(() => {
      for (const listener of this.#deleting) listener(job);
      this.#jobs.delete(name);
      this.#specs.delete(name);
      this.#taken.delete(name);
      store.collection("tasks").deleteAll(name);
    });
  }

  /** Takes up what the last server left. */
  resume(): void {
    for (const { name, state } of this.#jobs.list()) if (!isJobFinal(state)) this.#start(name);
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
    const abort = new AbortController();
    const done = this.#run(name, abort).finally(() => this.#live.delete(name));
    const live = { abort, done };
    this.#live.set(name, live);
    return live;
  }

  async #run(name: string, abort: AbortController): Promise<void> {
    const { clock } = this.#dependencies;
    const job = this.get(name);
    const { project } = locationOf(name);
    try {
      if (job.state === "PIPELINE_STATE_CANCELLING") abort.abort(new Cancelled("The pipeline job was cancelled."));
      else this.#update(name, { state: "PIPELINE_STATE_RUNNING", startTime: job.startTime ?? clock.now() });
      const run = new PipelineRun(
        job,
        parseSpec(this.spec(name)),
        this.ledger(name),
        this.#folderOf(name),
        abort.signal,
        { ...this.#dependencies, taken: this.#taken.get(name) ?? {} },
      );
      const { state, error } = await run.execute(this.#inputs(job));
      if (state !== "FAILED") return this.#update(name, { state: "PIPELINE_STATE_SUCCEEDED", endTime: clock.now() });
      const message = `${error?.message ?? ""}; Job (project_id = ${project}, job_id = ${idOf(name)}) is failed due to the above error.`;
      this.#update(name, {
        state: "PIPELINE_STATE_FAILED",
        endTime: clock.now(),
        error: new VertexError("FAILED_PRECONDITION", message).toStatus(),
      });
    } catch (thrown) {
      if (thrown instanceof ServerClosing) return;
      const cancelled = thrown instanceof Cancelled;
      this.#update(name, {
        state: cancelled ? "PIPELINE_STATE_CANCELLED" : "PIPELINE_STATE_FAILED",
        endTime: clock.now(),
        error: (cancelled
          ? new VertexError("CANCELLED", "The pipeline job was cancelled.")
          : VertexError.from(thrown)
        ).toStatus(),
      });
    }
  }

  #inputs(job: PipelineJobRecord): Values {
    const { artifacts } = this.#dependencies;
    const found = Object.entries(job.inputArtifacts).map(([input, id]) => {
      const name = `${metadataStore(job.name)}/artifacts/${id}`;
      const artifact = artifacts.get(name);
      if (artifact === undefined) throw notFound("Artifact", name);
      return [input, [artifact]] as const;
    });
    return { parameters: job.parameterValues, artifacts: Object.fromEntries(found) };
  }

  #update(name: string, changes: Partial<PipelineJobRecord>): void {
    const job = this.get(name);
    this.#jobs.put(name, "", { ...job, ...changes, updateTime: this.#dependencies.clock.now() });
  }
}
