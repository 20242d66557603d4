import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { CustomJobMessage, CustomJobSpecMessage, WorkerPoolMessage } from "../custom-jobs/records.ts";
import type { JobCell } from "../jobs/jobs.ts";
import { ServerClosing } from "../shutdown.ts";
import type { Store } from "../store/store.ts";
import { VertexError } from "../wire/errors.ts";
import { locationOf } from "../wire/names.ts";
import { findTrialStop } from "./early-stopping.ts";
import { finalMeasurement, metricsFile, readMeasurements } from "./measurements.ts";
import type { HyperparameterTuningJobRecord, TrialRecord } from "./records.ts";
import type { Assignment } from "./study/space.ts";
import { isStudyOver } from "./study-end.ts";
import { nextAssignment } from "./suggest.ts";

export interface TuningDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly customJobs: CustomJobs;
}

/** How often the reports of a trial under way are read. */
const pollMilliseconds = 500;

/** One execution of a HyperparameterTuningJob: as many trials at once as it wants, each a CustomJob. */
export class TuningRun {
  readonly #cell: JobCell<HyperparameterTuningJobRecord>;
  readonly #folder: string;
  readonly #dependencies: TuningDependencies;

  constructor(cell: JobCell<HyperparameterTuningJobRecord>, folder: string, dependencies: TuningDependencies) {
    this.#cell = cell;
    this.#folder = folder;
    this.#dependencies = dependencies;
  }

  /** Resolves when the study is complete; throws the {@link VertexError} the job failed with, or the signal's reason. */
  async execute(signal: AbortSignal): Promise<void> {
    this.#cell.running();
    const failed = new AbortController();
    const inner = AbortSignal.any([signal, failed.signal]);
    const running = new Map<string, Promise<void>>();
    const follow = (id: string) => {
      const ended = this.#follow(id, inner).finally(() => running.delete(id));
      running.set(id, ended);
    };
    for (const { id, endTime } of this.#cell.get().trials) if (endTime === undefined) follow(id);
    try {
      for (;;) {
        signal.throwIfAborted();
        this.#throwIfTooManyFailed();
        const { parallelTrialCount = 1 } = this.#cell.get().message;
        const over = isStudyOver(this.#cell.get(), this.#dependencies.clock.now());
        if (over && this.#stopsAsap) for (const id of running.keys()) this.#stop(id);
        while (!over && running.size < parallelTrialCount) {
          const trial = this.#begin();
          if (trial === undefined) break;
          follow(trial.id);
        }
        if (running.size === 0) break;
        await this.#nextEnd(running, inner);
      }
    } catch (error) {
      failed.abort(error);
      await Promise.allSettled(running.values());
      throw error;
    }
    if (!this.#cell.get().trials.some(({ state }) => state === "SUCCEEDED"))
      throw new VertexError("INTERNAL", `No trial succeeded. ${this.#lastReason()}`);
  }

  get #stopsAsap(): boolean {
    return this.#cell.get().message.studySpec?.studyStoppingConfig?.shouldStopAsap?.value === true;
  }

  /** Until a trial has ended; or, where the study may end before, for a moment. */
  async #nextEnd(running: ReadonlyMap<string, Promise<void>>, signal: AbortSignal): Promise<void> {
    if (!this.#stopsAsap) return Promise.race(running.values());
    const over = new AbortController();
    const moment = this.#dependencies.clock.sleep(pollMilliseconds, AbortSignal.any([signal, over.signal]));
    try {
      await Promise.race([...running.values(), moment.catch(() => undefined)]);
    } finally {
      over.abort();
    }
  }

  /** Asks a trial to end; what it has reported counts. */
  #stop(id: string): void {
    const { state, customJob } = this.#trial(id);
    if (state !== "ACTIVE") return;
    this.#change(id, { state: "STOPPING" });
    this.#dependencies.customJobs.cancel(customJob);
  }

  /** Begins the next trial, with its CustomJob in one step, so that none is begun twice; undefined when there is none to begin. */
  #begin(): TrialRecord | undefined {
    const { store, clock, customJobs } = this.#dependencies;
    const job = this.#cell.get();
    if (job.trials.length >= (job.message.maxTrialCount ?? 0)) return undefined;
    const assignment = nextAssignment(job);
    if (assignment === undefined) return undefined;
    return store.transaction(() => {
      const id = String(job.trials.length + 1);
      const { name } = customJobs.create(locationOf(job.name).name, trialJob(job, id, assignment), {
        id,
        metric: job.message.studySpec?.metrics?.[0]?.metricId ?? "",
        metricsFolder: this.#metricsFolder(id),
      });
      const trial: TrialRecord = {
        id,
        state: "ACTIVE",
        parameters: assignment.map(({ parameter, value }) => ({ id: parameter.id, value })),
        customJob: name,
        startTime: clock.now(),
        measurements: [],
      };
      this.#cell.update({ trials: [...job.trials, trial] });
      return trial;
    });
  }

  async #follow(id: string, signal: AbortSignal): Promise<void> {
    const { clock, customJobs } = this.#dependencies;
    const { customJob } = this.#trial(id);
    const over = new AbortController();
    const reading = this.#keepReading(id, AbortSignal.any([signal, over.signal]));
    try {
      const ended = await customJobs.ended(customJob, signal).catch((error: unknown) => {
        if (signal.reason instanceof ServerClosing) throw error;
        this.#change(id, { state: "STOPPING" });
        customJobs.cancel(customJob);
        return customJobs.ended(customJob, new AbortController().signal);
      });
      this.#read(id);
      const final = finalMeasurement(this.#trial(id).measurements, this.#cell.get().message.studySpec ?? {});
      const endTime = clock.now();
      const stoppedEarly = this.#trial(id).state === "STOPPING" && !signal.aborted;
      if ((ended.state === "JOB_STATE_SUCCEEDED" || stoppedEarly) && final !== undefined)
        this.#change(id, { state: "SUCCEEDED", endTime, final });
      else {
        const infeasibleReason = ended.error?.message ?? "The trial has ended without reporting its metric.";
        this.#change(id, { state: "INFEASIBLE", endTime, infeasibleReason });
      }
    } finally {
      over.abort();
      await reading;
    }
  }

  async #keepReading(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#read(id);
      this.#stopIfHopeless(id);
      await this.#dependencies.clock.sleep(pollMilliseconds, signal).catch(() => undefined);
    }
  }

  #read(id: string): void {
    const trial = this.#trial(id);
    const metrics = this.#cell.get().message.studySpec?.metrics ?? [];
    const ids = metrics.map(({ metricId = "" }) => metricId);
    const measurements = readMeasurements(metricsFile(this.#metricsFolder(id)), trial, ids);
    if (JSON.stringify(measurements) !== JSON.stringify(trial.measurements)) this.#change(id, { measurements });
  }

  #stopIfHopeless(id: string): void {
    const trial = this.#trial(id);
    if (trial.state !== "ACTIVE") return;
    const stop = findTrialStop(this.#cell.get(), trial);
    if (stop === undefined) return;
    if (stop.predicted !== undefined) this.#change(id, { measurements: [...trial.measurements, stop.predicted] });
    this.#stop(id);
  }

  /** Left to Vertex, where the job names no number: half of the trials. */
  #throwIfTooManyFailed(): void {
    const { trials, message } = this.#cell.get();
    const { maxFailedTrialCount, maxTrialCount = 0 } = message;
    const failed = trials.filter(({ state }) => state === "INFEASIBLE").length;
    if (failed > 0 && failed >= (maxFailedTrialCount || Math.max(3, Math.ceil(maxTrialCount / 2))))
      throw new VertexError("INTERNAL", `Too many trials failed: ${failed}. ${this.#lastReason()}`);
  }

  #lastReason(): string {
    return this.#cell.get().trials.findLast(({ infeasibleReason }) => infeasibleReason)?.infeasibleReason ?? "";
  }

  #metricsFolder(id: string): string {
    return join(this.#folder, "trials", id);
  }

  #trial(id: string): TrialRecord {
    const trial = this.#cell.get().trials.find((candidate) => candidate.id === id);
    if (trial === undefined) throw new Error(`the job has no trial ${id}`);
    return trial;
  }

  #change(id: string, changes: Partial<TrialRecord>): void {
    const { trials } = this.#cell.get();
    this.#cell.update({ trials: trials.map((trial) => (trial.id === id ? { ...trial, ...changes } : trial)) });
  }
}

function withArguments(pool: WorkerPoolMessage, values: readonly string[]): WorkerPoolMessage {
  const { containerSpec, pythonPackageSpec } = pool;
  const more = <P extends { readonly args?: readonly string[] }>(program: P): P => ({
    ...program,
    args: [...(program.args ?? []), ...values],
  });
  return {
    ...pool,
    ...(containerSpec !== undefined && { containerSpec: more(containerSpec) }),
    ...(pythonPackageSpec !== undefined && { pythonPackageSpec: more(pythonPackageSpec) }),
  };
}

/** The job of a trial: its parameters are arguments `--ID=VALUE` of every worker, and its output has a folder of its own. */
function trialJob({ message }: HyperparameterTuningJobRecord, id: string, assignment: Assignment): CustomJobMessage {
  const { trialJobSpec = {}, displayName } = message;
  const values = assignment.map(({ parameter, value }) => `--${parameter.id}=${value}`);
  const prefix = trialJobSpec.baseOutputDirectory?.outputUriPrefix?.replace(/\/+$/, "") ?? "";
  const jobSpec: CustomJobSpecMessage = {
    ...trialJobSpec,
    workerPoolSpecs: (trialJobSpec.workerPoolSpecs ?? []).map((pool) => withArguments(pool, values)),
    ...(prefix !== "" && { baseOutputDirectory: { outputUriPrefix: `${prefix}/${id}` } }),
  };
  return { displayName: `${displayName}-trial-${id}`.slice(-128), jobSpec };
}
