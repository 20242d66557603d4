import type { Clock, Timer } from "../../clock.ts";
import type { PipelineJobs } from "../pipeline-jobs/pipeline-jobs.ts";
import { isJobFinal } from "../pipeline-jobs/records.ts";
import type { Collection, Store } from "../store/store.ts";
import { type FieldViolation, invalidArgument, notFound, unimplemented, VertexError } from "../wire/errors.ts";
import { idOf, locationOf, newNumericId } from "../wire/names.ts";
import { fromDuration } from "../wire/time.ts";
import { nextRun } from "./cron.ts";
import type { ScheduleMessage, ScheduleRecord } from "./records.ts";

export interface ScheduleDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly pipelineJobs: PipelineJobs;
  readonly log: (line: string) => void;
}

/** A machine's timer holds at most 2^31 milliseconds. */
const longestTimer = 24 * 3_600_000;
const queuePollMilliseconds = 1_000;

/** Schedules of pipeline jobs: each starts its runs when the clock comes to their time. */
export class Schedules {
  readonly #schedules: Collection<ScheduleRecord>;
  readonly #timers = new Map<string, Timer>();
  readonly #dependencies: ScheduleDependencies;
  #closed = false;

  constructor(dependencies: ScheduleDependencies) {
    this.#schedules = dependencies.store.collection("schedules");
    this.#dependencies = dependencies;
  }

  create(parent: string, message: ScheduleMessage | undefined): ScheduleRecord {
    const given = check(parent, message);
    const now = this.#dependencies.clock.now();
    const record = withNextRun(
      {
        name: `${parent}/schedules/${newNumericId()}`,
        message: given,
        state: "ACTIVE",
        startedRunCount: 0,
        catchUp: false,
        createTime: now,
        updateTime: now,
        queued: [],
        ...limitsOf(given, now),
      },
      now,
    );
    this.#schedules.put(record.name, parent, record);
    this.#arm(record);
    return record;
  }

  get(name: string): ScheduleRecord {
    const schedule = this.#schedules.get(name);
    if (schedule === undefined) throw notFound("Schedule", name);
    return schedule;
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): ScheduleRecord[] {
    return this.#schedules.list(parent);
  }

  update(name: string, changes: Partial<ScheduleMessage>): ScheduleRecord {
    const schedule = this.get(name);
    const message = check(locationOf(name).name, { ...schedule.message, ...changes });
    const limits = limitsOf(message, schedule.startTime);
    const changed = { ...schedule, message, ...limits };
    const { nextRunTime: _past, ...rest } = changed;
    const next = schedule.state === "ACTIVE" ? withNextRun(rest, this.#dependencies.clock.now()) : rest;
    return this.#put(next);
  }

  pause(name: string): ScheduleRecord {
    const { nextRunTime: _next, ...schedule } = this.get(name);
    if (schedule.state !== "ACTIVE") throw wrongState(name, schedule.state, "ACTIVE");
    return this.#put({ ...schedule, state: "PAUSED", lastPauseTime: this.#dependencies.clock.now() });
  }

  /** @param catchUp starts the runs that would have been while it was paused */
  resume(name: string, catchUp: boolean): ScheduleRecord {
    const schedule = this.get(name);
    if (schedule.state !== "PAUSED") throw wrongState(name, schedule.state, "PAUSED");
    const now = this.#dependencies.clock.now();
    const from = catchUp ? (schedule.lastPauseTime ?? now) : now;
    return this.#put(withNextRun({ ...schedule, state: "ACTIVE", catchUp, lastResumeTime: now }, from));
  }

  delete(name: string): void {
    this.get(name);
    this.#schedules.delete(name);
    this.#disarm(name);
  }

  /** Takes up what the last server left; a run that was due in between starts now. */
  takeUp(): void {
    for (const schedule of this.#schedules.list()) this.#arm(schedule);
  }

  close(): void {
    this.#closed = true;
    for (const name of [...this.#timers.keys()]) this.#disarm(name);
  }

  #put(schedule: ScheduleRecord): ScheduleRecord {
    const updated = { ...schedule, updateTime: this.#dependencies.clock.now() };
    this.#schedules.put(updated.name, "", updated);
    this.#arm(updated);
    return updated;
  }

  #arm({ name, state, nextRunTime, queued }: ScheduleRecord): void {
    this.#disarm(name);
    if (this.#closed || (queued.length === 0 && (state !== "ACTIVE" || nextRunTime === undefined))) return;
    const { clock } = this.#dependencies;
    const due = state === "ACTIVE" && nextRunTime !== undefined ? nextRunTime - clock.now() : longestTimer;
    const wait = Math.min(due, longestTimer, queued.length > 0 ? queuePollMilliseconds : longestTimer);
    this.#timers.set(
      name,
      clock.schedule(Math.max(0, wait), () => this.#wake(name)),
    );
  }

  #disarm(name: string): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
  }

  #wake(name: string): void {
    let schedule = this.#schedules.get(name);
    if (schedule === undefined) return;
    const now = this.#dependencies.clock.now();
    if (schedule.state === "ACTIVE" && schedule.nextRunTime !== undefined && schedule.nextRunTime <= now) {
      const due = schedule.nextRunTime;
      const { nextRunTime: _past, ...rest } = schedule;
      schedule =
        this.#hasRoom(schedule) || schedule.message.allowQueueing ? { ...rest, queued: [...rest.queued, due] } : rest;
      schedule = withNextRun(schedule, schedule.catchUp ? due : Math.max(due, now));
    }
    while (schedule.queued.length > 0 && this.#hasRoom(schedule)) schedule = this.#run(schedule);
    if (isOver(schedule)) {
      const { nextRunTime: _none, ...rest } = schedule;
      schedule = { ...rest, state: "COMPLETED" };
    }
    this.#put(schedule);
  }

  #run(schedule: ScheduleRecord): ScheduleRecord {
    const [scheduledRunTime = 0, ...queued] = schedule.queued;
    if (schedule.maxRunCount > 0 && schedule.startedRunCount >= schedule.maxRunCount)
      return { ...schedule, queued: [] };
    const { pipelineJobs, log } = this.#dependencies;
    const request = schedule.message.createPipelineJobRequest ?? {};
    let runResponse: string;
    try {
      const id = runId(schedule, scheduledRunTime);
      pipelineJobs.create(locationOf(schedule.name).name, id, request.pipelineJob, {
        scheduleName: schedule.name,
        scheduledTime: scheduledRunTime,
      });
      runResponse = "OK";
    } catch (error) {
      const { code, message } = VertexError.from(error);
      // A server that ended right after the run's start finds it there.
      runResponse = code === "ALREADY_EXISTS" ? "OK" : `${code}: ${message}`;
      if (runResponse !== "OK") log(`${schedule.name} could not start its run: ${message}`);
    }
    return {
      ...schedule,
      queued,
      startedRunCount: schedule.startedRunCount + 1,
      lastRun: { scheduledRunTime, runResponse },
    };
  }

  #hasRoom({ name, message }: ScheduleRecord): boolean {
    const limit = Number(message.maxConcurrentRunCount ?? 1);
    const jobs = this.#dependencies.pipelineJobs.list(locationOf(name).name);
    return jobs.filter(({ scheduleName, state }) => scheduleName === name && !isJobFinal(state)).length < limit;
  }
}

function isOver({ maxRunCount, startedRunCount, nextRunTime, state, queued }: ScheduleRecord): boolean {
  if (maxRunCount > 0 && startedRunCount >= maxRunCount) return true;
  return state === "ACTIVE" && nextRunTime === undefined && queued.length === 0;
}

/** The record with its next run, where it has one. */
function withNextRun(schedule: ScheduleRecord, after: number): ScheduleRecord {
  const from = Math.max(after, schedule.startTime - 1);
  const next = nextRun(schedule.message.cron ?? "", from);
  const { nextRunTime: _old, ...rest } = schedule;
  if (next === undefined || (schedule.endTime !== undefined && next > schedule.endTime)) return rest;
  return { ...rest, nextRunTime: next };
}

/** The same for the same run, so that none is started twice. */
function runId({ name, message }: ScheduleRecord, time: number): string {
  const stamp = new Date(time).toISOString().replace(/\D/g, "").slice(0, 14);
  const wanted = message.createPipelineJobRequest?.pipelineJobId;
  const job = wanted || (message.createPipelineJobRequest?.pipelineJob?.displayName ?? "");
  const head = job
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "");
  return `${(head || "scheduled").slice(0, 90)}-${stamp}-${idOf(name).slice(-6)}`;
}

function limitsOf(
  message: ScheduleMessage,
  start: number,
): Pick<ScheduleRecord, "startTime" | "endTime" | "maxRunCount"> {
  const { startTime, endTime, maxRunCount = "0" } = message;
  return {
    startTime: startTime === undefined ? start : fromDuration(startTime),
    ...(endTime !== undefined && { endTime: fromDuration(endTime) }),
    maxRunCount: Number(maxRunCount),
  };
}

function check(parent: string, message: ScheduleMessage | undefined): ScheduleMessage {
  const given = message ?? {};
  if (given.createNotebookExecutionJobRequest !== undefined)
    throw unimplemented("schedule.create_notebook_execution_job_request");
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field: `schedule.${field}`, description });
  const { displayName = "", cron = "", createPipelineJobRequest: request } = given;
  if (displayName === "" || displayName.length > 128)
    refuse("display_name", "is required, with at most 128 characters");
  if (Number(given.maxConcurrentRunCount ?? 0) < 1) refuse("max_concurrent_run_count", "is required, and at least 1");
  if (Number(given.maxRunCount ?? 0) < 0) refuse("max_run_count", "should not be negative");
  if (request?.pipelineJob === undefined) refuse("create_pipeline_job_request.pipeline_job", "is required");
  else if (request.parent && request.parent !== parent)
    refuse("create_pipeline_job_request.parent", `"${request.parent}" should be the schedule's own, ${parent}`);
  const { startTime, endTime } = given;
  if (startTime !== undefined && endTime !== undefined && fromDuration(endTime) <= fromDuration(startTime))
    refuse("end_time", "should be after start_time");
  if (cron === "") refuse("cron", "is required");
  if (violations.length > 0) throw invalidArgument(violations);
  nextRun(cron, 0);
  return given;
}

function wrongState(name: string, state: string, wanted: string): VertexError {
  return new VertexError("FAILED_PRECONDITION", `Schedule ${name} is ${state}, not ${wanted}.`);
}
