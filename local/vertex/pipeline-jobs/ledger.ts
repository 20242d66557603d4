import type { Clock } from "../../clock.ts";
import type { Collection, Store } from "../store/store.ts";
import type { Status } from "../wire/errors.ts";
import { newNumericId } from "../wire/names.ts";
import { metadataStore } from "./artifacts.ts";
import type { Outcome } from "./outcome.ts";
import { isFinal, noValues, type TaskRecord, type TaskState, type Values } from "./records.ts";

interface NewTask {
  readonly path: string;
  readonly uniqueName?: string;
  readonly taskName: string;
  readonly kind: TaskRecord["kind"];
  readonly parentPath?: string;
  readonly inputs: Values;
  readonly state?: TaskState;
}

/** The tasks of one job, each written the moment it changes. */
export class TaskLedger {
  readonly #job: string;
  readonly #tasks: Collection<TaskRecord>;
  readonly #clock: Clock;
  readonly #onChange: () => void;

  constructor(job: string, store: Store, clock: Clock, onChange: () => void) {
    this.#job = job;
    this.#tasks = store.collection("tasks");
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get(path: string): TaskRecord | undefined {
    return this.#tasks.get(`${this.#job}#${path}`);
  }

  require(path: string): TaskRecord {
    const task = this.get(path);
    if (task === undefined) throw new Error(`${this.#job} has no task ${path}`);
    return task;
  }

  list(): TaskRecord[] {
    return this.#tasks.list(this.#job);
  }

  create({ path, uniqueName, taskName, kind, parentPath, inputs, state = "PENDING" }: NewTask): TaskRecord {
    const now = this.#clock.now();
    const parent = parentPath === undefined ? undefined : this.get(parentPath);
    const isTop = parent === undefined || parentPath === "";
    const record: TaskRecord = {
      job: this.#job,
      path,
      uniqueName: uniqueName ?? (isTop ? taskName : `${parent.uniqueName}.${taskName}`),
      id: newNumericId(),
      ...(parent === undefined ? {} : { parentId: parent.id }),
      taskName,
      kind,
      state,
      createTime: now,
      ...(isFinal(state) ? { endTime: now } : {}),
      history: [{ time: now, state }],
      inputs: { parameters: inputs.parameters, artifacts: inputs.artifacts },
      outputs: noValues,
      execution: `${metadataStore(this.#job)}/executions/${newNumericId()}`,
      attempt: 0,
      launches: 0,
      process: null,
      customJob: null,
      failedCustomJobs: [],
      resource: null,
    };
    this.#put(record);
    return record;
  }

  update(path: string, changes: Partial<TaskRecord>): void {
    this.#put({ ...this.require(path), ...changes });
  }

  transition(path: string, state: TaskState, error?: Status): void {
    const task = this.require(path);
    const now = this.#clock.now();
    const entry = { time: now, state, ...(error === undefined ? {} : { error }) };
    const startTime = state === "RUNNING" ? { startTime: task.startTime ?? now } : {};
    this.#put({ ...task, ...startTime, state, history: [...task.history, entry] });
  }

  /** One write, so that a server killed at any moment neither repeats a try nor leaves one out. */
  beginNextAttempt(path: string, error: Status | undefined): void {
    const task = this.require(path);
    const entry = { time: this.#clock.now(), state: "PENDING" as const, ...(error === undefined ? {} : { error }) };
    this.#put({
      ...task,
      state: "PENDING",
      history: [...task.history, entry],
      attempt: task.attempt + 1,
      process: null,
      customJob: null,
      resource: null,
      failedCustomJobs: task.customJob === null ? task.failedCustomJobs : [...task.failedCustomJobs, task.customJob],
    });
  }

  end(path: string, { state, outputs, error }: Outcome): void {
    const task = this.require(path);
    const now = this.#clock.now();
    const failed = error === undefined ? {} : { error };
    const entry = { time: now, state, ...failed };
    this.#put({ ...task, state, outputs, ...failed, endTime: now, history: [...task.history, entry] });
  }

  #put(record: TaskRecord): void {
    this.#tasks.put(`${this.#job}#${record.path}`, this.#job, record);
    this.#onChange();
  }
}
