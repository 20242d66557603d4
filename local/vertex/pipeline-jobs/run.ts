import { join } from "node:path";
import type { ComponentSpecJson, PipelineTaskSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Clock } from "../../clock.ts";
import { Cancelled, ServerClosing } from "../shutdown.ts";
import { VertexError } from "../wire/errors.ts";
import { idOf } from "../wire/names.ts";
import type { TaskCache } from "./cache.ts";
import { type ExecutorDependencies, execute, kindOf } from "./execution.ts";
import { holds } from "./expressions.ts";
import { FailureScope } from "./failures.ts";
import { gatherOutputs, itemsOf, pipelineOutcome, slots } from "./flow.ts";
import { allEnded, dependenciesOf, runInOrder } from "./graph.ts";
import { fillInputs, resolveInputs, type TaskInputs, withDefaults } from "./inputs.ts";
import type { TaskLedger } from "./ledger.ts";
import { namesOf, taskFolder } from "./names.ts";
import { type Outcome, outcomeOf, succeeded, taskError } from "./outcome.ts";
import { isFinal, noValues, type PipelineJobRecord, type TaskRecord, type Values } from "./records.ts";
import { backOff, hasNextTry } from "./retry.ts";
import type { PipelineSpec } from "./spec.ts";
import { placeOf, type TakenResults } from "./taken-results.ts";

export interface RunDependencies extends ExecutorDependencies {
  readonly clock: Clock;
  readonly cache: TaskCache;
}

/** A task of a pipeline, and where it stands. */
interface Place {
  readonly name: string;
  readonly task: PipelineTaskSpecJson;
  readonly parentPath: string;
  /** Begins its path. */
  readonly prefix: string;
  readonly failures: FailureScope;
}

/** A component with its inputs, about to be run under a record of its own. */
interface Work {
  readonly task: PipelineTaskSpecJson;
  readonly component: ComponentSpecJson;
  readonly given: TaskInputs;
  readonly failures: FailureScope;
}

/**
 * One execution of a pipeline job. Every task waits for those before it and then runs; what has ended is in the ledger,
 * so that running the same job again after a restart goes on where the last server stopped.
 */
export class PipelineRun {
  readonly #job: PipelineJobRecord;
  readonly #spec: PipelineSpec;
  readonly #ledger: TaskLedger;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #dependencies: RunDependencies & { readonly taken: TakenResults };

  constructor(
    job: PipelineJobRecord,
    spec: PipelineSpec,
    ledger: TaskLedger,
    folder: string,
    signal: AbortSignal,
    dependencies: RunDependencies & { readonly taken: TakenResults },
  ) {
    this.#job = job;
    this.#spec = spec;
    this.#ledger = ledger;
    this.#folder = folder;
    this.#signal = signal;
    this.#dependencies = dependencies;
  }

  /** Runs the whole pipeline; throws {@link ServerClosing} when it is to be taken up again. */
  async execute(inputs: Values): Promise<Outcome> {
    const name = idOf(this.#job.name);
    const root =
      this.#ledger.get("") ?? this.#ledger.create({ path: "", uniqueName: name, taskName: name, kind: "dag", inputs });
    if (isFinal(root.state)) return outcomeOf(root);
    const failures = FailureScope.ofJob(root.failing === true, () => this.#ledger.update("", { failing: true }));
    return this.#guarded(root, undefined, async () => {
      const full = withDefaults(this.#spec.root, { ...inputs, templates: {} }, namesOf(this.#job, root));
      this.#begin("");
      return this.#pipeline(this.#spec.root, full, "", "", failures);
    });
  }

  /** Runs the tasks of a pipeline. */
  async #pipeline(
    component: ComponentSpecJson,
    inputs: Values,
    parentPath: string,
    prefix: string,
    failures: FailureScope,
  ): Promise<Outcome> {
    const dag = component.dag ?? {};
    const outcomes = await runInOrder<Outcome>(dag, (name, task, ended) =>
      this.#task({ name, task, parentPath, prefix, failures }, inputs, ended),
    );
    return pipelineOutcome(dag, outcomes);
  }

  /** A task, once all before it have ended: does it run, and over which items? */
  async #task(
    { name, task, parentPath, prefix, failures }: Place,
    around: Values,
    outcomes: ReadonlyMap<string, Outcome>,
  ): Promise<Outcome> {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const before = this.#ledger.get(path);
    if (before !== undefined && isFinal(before.state)) return this.#ended(before, failures);
    // What has begun goes on as far as it must to be stopped.
    if (before === undefined) this.#signal.throwIfAborted();
    const component = this.#spec.components[task.componentRef?.name ?? ""] ?? {};
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    const kind = executor === undefined ? "dag" : kindOf(executor);
    const place = { path, taskName: task.taskInfo?.name ?? name, kind, parentPath } as const;
    if (before === undefined && !this.#mayRun(task, outcomes, failures)) {
      return outcomeOf(this.#ledger.create({ ...place, inputs: noValues, state: "NOT_TRIGGERED" }));
    }
    const given = resolveInputs(task, { component: around, outcomes, jobName: this.#job.name });
    const record = before ?? this.#ledger.create({ ...place, inputs: given });
    return this.#guarded(record, failures, async () => {
      const names = namesOf(this.#job, record);
      const condition = task.triggerPolicy?.condition ?? "";
      if (condition !== "" && !holds(condition, fillInputs(component, given, names).inputs.parameters)) {
        return { state: "NOT_TRIGGERED", outputs: noValues };
      }
      const iterated = itemsOf(task, given, names);
      const work = { task, component, given, failures };
      if (iterated === undefined) return this.#once(record, work);
      this.#begin(path);
      const slot = slots(task.iteratorPolicy?.parallelismLimit ?? 0);
      const results = await allEnded(
        iterated.map((item, index) => {
          const iteration = {
            path: `${path}[${index}]`,
            taskName: `${place.taskName}-${index}`,
            kind,
            parentPath: path,
          };
          return slot(() => this.#iteration(iteration, { ...work, given: item }));
        }),
      );
      return gatherOutputs(component, results);
    });
  }

  async #iteration(
    place: Pick<TaskRecord, "path" | "taskName" | "kind"> & { readonly parentPath: string },
    work: Work,
  ): Promise<Outcome> {
    const before = this.#ledger.get(place.path);
    if (before !== undefined && isFinal(before.state)) return this.#ended(before, work.failures);
    if (before === undefined) this.#signal.throwIfAborted();
    if (before === undefined && this.#stopsScheduling(work.failures)) {
      return outcomeOf(this.#ledger.create({ ...place, inputs: noValues, state: "NOT_TRIGGERED" }));
    }
    const record = before ?? this.#ledger.create({ ...place, inputs: work.given });
    return this.#guarded(record, work.failures, () => this.#once(record, work));
  }

  /** A task with its inputs: from the cache, or in as many tries as its policy allows. */
  async #once(record: TaskRecord, { task, component, given, failures }: Work): Promise<Outcome> {
    const { path } = record;
    const { cache, clock, taken } = this.#dependencies;
    const inputs = withDefaults(component, given, namesOf(this.#job, record));
    this.#ledger.update(path, { inputs: { parameters: inputs.parameters, artifacts: inputs.artifacts } });
    const result = taken[placeOf(path)];
    if (result !== undefined) return { state: "SKIPPED", outputs: result };
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    const cacheable =
      executor !== undefined && executor.importer === undefined && task.cachingOptions?.enableCache === true;
    const key = cacheable
      ? cache.key(this.#job, component, executor, inputs, task.cachingOptions?.cacheKey)
      : undefined;
    const hit = key === undefined || record.attempt > 0 ? undefined : cache.find(key);
    if (hit !== undefined) return { state: "SKIPPED", outputs: hit };
    if (record.attempt === 0) this.#ledger.update(path, { attempt: 1 });
    for (let attempt = Math.max(1, record.attempt); ; attempt++) {
      const isLast = !hasNextTry(task.retryPolicy, attempt);
      const outcome = await this.#attempt(record, attempt, component, inputs, failures.inside(isLast));
      if (outcome.state !== "FAILED" || isLast) {
        if (key !== undefined && outcome.state === "SUCCEEDED") cache.remember(key, outcome.outputs);
        return outcome;
      }
      this.#ledger.beginNextAttempt(path, outcome.error);
      await clock.sleep(backOff(task.retryPolicy, attempt), this.#signal);
    }
  }

  async #attempt(
    { path }: TaskRecord,
    attempt: number,
    component: ComponentSpecJson,
    inputs: TaskInputs,
    failures: FailureScope,
  ): Promise<Outcome> {
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    if (executor === undefined) {
      this.#begin(path);
      return this.#pipeline(component, inputs, path, attempt === 1 ? path : `${path}~${attempt}`, failures);
    }
    try {
      const outputs = await execute(
        {
          job: this.#job,
          component,
          executor,
          inputs,
          folder: join(this.#folder, taskFolder(path)),
          task: { get: () => this.#ledger.require(path), update: (changes) => this.#ledger.update(path, changes) },
          onRunning: () => this.#begin(path),
          signal: this.#signal,
        },
        this.#dependencies,
      );
      return { state: "SUCCEEDED", outputs };
    } catch (error) {
      if (error instanceof ServerClosing || error instanceof Cancelled) throw error;
      return { state: "FAILED", outputs: noValues, error: taskError(error) };
    }
  }

  /** Writes how a task ended, whichever way it did. */
  async #guarded(
    { path }: TaskRecord,
    failures: FailureScope | undefined,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> {
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      if (error instanceof ServerClosing) throw error;
      if (error instanceof Cancelled) {
        const status = new VertexError("CANCELLED", error.message).toStatus();
        this.#ledger.end(path, { state: "CANCELLED", outputs: noValues, error: status });
        throw error;
      }
      outcome = { state: "FAILED", outputs: noValues, error: taskError(error) };
    }
    if (outcome.state === "FAILED") failures?.fail();
    this.#ledger.end(path, outcome);
    return outcome;
  }

  /** How a task ended under an earlier server. */
  #ended(record: TaskRecord, failures: FailureScope): Outcome {
    if (record.state === "FAILED") failures.fail();
    return outcomeOf(record);
  }

  #begin(path: string): void {
    if (this.#ledger.require(path).state === "PENDING") this.#ledger.transition(path, "RUNNING");
  }

  #mayRun(task: PipelineTaskSpecJson, outcomes: ReadonlyMap<string, Outcome>, failures: FailureScope): boolean {
    if (task.triggerPolicy?.strategy === "ALL_UPSTREAM_TASKS_COMPLETED") return true;
    if (this.#stopsScheduling(failures)) return false;
    return [...dependenciesOf(task)].every((name) => succeeded(outcomes.get(name)?.state));
  }

  #stopsScheduling(failures: FailureScope): boolean {
    return failures.failed && this.#job.failurePolicy === "PIPELINE_FAILURE_POLICY_FAIL_FAST";
  }
}
