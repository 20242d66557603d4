import { join } from "node:path";
import type {
  ComponentSpecJson,
  DagSpecJson,
  PipelineTaskSpec_RetryPolicyJson,
  PipelineTaskSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Clock } from "../../clock.ts";
import { Cancelled, ServerClosing } from "../shutdown.ts";
import { type Status, VertexError } from "../wire/errors.ts";
import { idOf } from "../wire/names.ts";
import { parseDuration } from "../wire/time.ts";
import type { TaskCache } from "./cache.ts";
import { type ExecutorDependencies, execute, kindOf } from "./execute.ts";
import { holds } from "./expressions.ts";
import { gatherOutputs, itemsOf, selectOutputs, slots } from "./flow.ts";
import { dependenciesOf } from "./graph.ts";
import { type Outcome, resolveInputs, type TaskInputs, withDefaults } from "./inputs.ts";
import type { TaskLedger } from "./ledger.ts";
import { namesOf } from "./names.ts";
import { isFinal, noValues, type PipelineJobRecord, type TaskRecord, type TaskState, type Values } from "./records.ts";
import type { PipelineSpec } from "./spec.ts";

export interface RunDependencies extends ExecutorDependencies {
  readonly clock: Clock;
  readonly cache: TaskCache;
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
  readonly #dependencies: RunDependencies;
  #failed = false;

  constructor(
    job: PipelineJobRecord,
    spec: PipelineSpec,
    ledger: TaskLedger,
    folder: string,
    signal: AbortSignal,
    dependencies: RunDependencies,
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
    const full = withDefaults(this.#spec.root, { ...inputs, templates: {} }, namesOf(this.#job, root));
    return this.#guarded(root, async () => {
      this.#begin(root.path);
      return this.#nested(root.path, this.#spec.root, full, root.path);
    });
  }

  /** Runs the tasks of a pipeline; `prefix` begins their paths. */
  async #nested(parentPath: string, component: ComponentSpecJson, inputs: Values, prefix: string): Promise<Outcome> {
    const dag = component.dag ?? {};
    const outcomes = await this.#tasks(dag, inputs, parentPath, prefix);
    const failed = [...outcomes].filter(([, { state }]) => state === "FAILED").map(([name]) => name);
    if (failed.length > 0) {
      const causes = failed.map((name) => `${name}: ${outcomes.get(name)?.error?.message ?? ""}`).join("; ");
      const error = new VertexError(
        "FAILED_PRECONDITION",
        `The DAG failed because some tasks failed. The failed tasks are: [${failed.join(", ")}].; ${causes}`,
      );
      return { state: "FAILED", outputs: selectOutputs(dag, outcomes), error: error.toStatus() };
    }
    return { state: "SUCCEEDED", outputs: selectOutputs(dag, outcomes) };
  }

  async #tasks(
    dag: DagSpecJson,
    inputs: Values,
    parentPath: string,
    prefix: string,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const tasks = dag.tasks ?? {};
    const started = new Map<string, Promise<Outcome>>();
    const outcomes = new Map<string, Outcome>();
    const outcomeOf = (name: string): Promise<Outcome> => {
      const known = started.get(name);
      if (known !== undefined) return known;
      const task = tasks[name] ?? {};
      const running = Promise.all([...dependenciesOf(task)].map(outcomeOf)).then(async () => {
        const outcome = await this.#task(
          name,
          task,
          { component: inputs, outcomes, jobName: this.#job.name },
          parentPath,
          prefix,
        );
        outcomes.set(name, outcome);
        return outcome;
      });
      started.set(name, running);
      return running;
    };
    const all = await Promise.allSettled(Object.keys(tasks).map(outcomeOf));
    for (const result of all) if (result.status === "rejected") throw result.reason;
    return outcomes;
  }

  /** A task, once all before it have ended: does it run, and over which items? */
  async #task(
    name: string,
    task: PipelineTaskSpecJson,
    sources: Parameters<typeof resolveInputs>[1],
    parentPath: string,
    prefix: string,
  ): Promise<Outcome> {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const before = this.#ledger.get(path);
    if (before !== undefined && isFinal(before.state)) return outcomeOf(before);
    // What has begun goes on as far as it must to be stopped.
    if (before === undefined) this.#signal.throwIfAborted();
    const component = this.#spec.components[task.componentRef?.name ?? ""] ?? {};
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    const kind = executor === undefined ? "dag" : kindOf(executor);
    const place = { path, taskName: task.taskInfo?.name ?? name, kind, parentPath };
    if (before === undefined && !this.#mayRun(task, sources.outcomes)) {
      return outcomeOf(this.#ledger.create({ ...place, inputs: noValues, state: "NOT_TRIGGERED" }));
    }
    const given = resolveInputs(task, sources);
    const record = before ?? this.#ledger.create({ ...place, inputs: given });
    return this.#guarded(record, async () => {
      const condition = task.triggerPolicy?.condition ?? "";
      const iterated = itemsOf(task, given, namesOf(this.#job, record));
      if (iterated === undefined) {
        const inputs = withDefaults(component, given, namesOf(this.#job, record));
        this.#ledger.update(path, { inputs: { parameters: inputs.parameters, artifacts: inputs.artifacts } });
        if (condition !== "" && record.state === "PENDING" && !holds(condition, inputs.parameters))
          return { state: "NOT_TRIGGERED", outputs: noValues };
        return this.#once(record, task, component, inputs);
      }
      if (condition !== "" && !holds(condition, given.parameters)) return { state: "NOT_TRIGGERED", outputs: noValues };
      this.#begin(path);
      const slot = slots(task.iteratorPolicy?.parallelismLimit ?? 0);
      const outcomes = await Promise.all(
        iterated.map((inputs, index) =>
          slot(() =>
            this.#iteration(`${path}[${index}]`, `${place.taskName}-${index}`, path, kind, task, component, inputs),
          ),
        ),
      );
      return gatherOutputs(component, outcomes);
    });
  }

  async #iteration(
    path: string,
    taskName: string,
    parentPath: string,
    kind: TaskRecord["kind"],
    task: PipelineTaskSpecJson,
    component: ComponentSpecJson,
    given: TaskInputs,
  ): Promise<Outcome> {
    const before = this.#ledger.get(path);
    if (before !== undefined && isFinal(before.state)) return outcomeOf(before);
    if (before === undefined) this.#signal.throwIfAborted();
    if (before === undefined && this.#stopsScheduling()) {
      return outcomeOf(
        this.#ledger.create({ path, taskName, kind, parentPath, inputs: noValues, state: "NOT_TRIGGERED" }),
      );
    }
    const record = before ?? this.#ledger.create({ path, taskName, kind, parentPath, inputs: given });
    return this.#guarded(record, () => {
      const inputs = withDefaults(component, given, namesOf(this.#job, record));
      this.#ledger.update(path, { inputs: { parameters: inputs.parameters, artifacts: inputs.artifacts } });
      return this.#once(record, task, component, inputs);
    });
  }

  /** A task with its inputs: from the cache, or in as many tries as its policy allows. */
  async #once(
    record: TaskRecord,
    task: PipelineTaskSpecJson,
    component: ComponentSpecJson,
    inputs: TaskInputs,
  ): Promise<Outcome> {
    const { path } = record;
    const { cache, clock } = this.#dependencies;
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    const policy = task.retryPolicy ?? {};
    const cacheable =
      executor !== undefined && executor.importer === undefined && task.cachingOptions?.enableCache === true;
    const key = cacheable
      ? cache.key(this.#job, component, executor, inputs, task.cachingOptions?.cacheKey)
      : undefined;
    const hit = key === undefined || record.attempt > 0 ? undefined : cache.find(key);
    if (hit !== undefined) return { state: "SKIPPED", outputs: hit };
    if (record.attempt === 0) this.#ledger.update(path, { attempt: 1 });
    for (let attempt = Math.max(1, record.attempt); ; attempt++) {
      const outcome = await this.#attempt(record, attempt, component, inputs);
      if (outcome.state !== "FAILED" || attempt > (policy.maxRetryCount ?? 0)) {
        if (key !== undefined && outcome.state === "SUCCEEDED") cache.remember(key, outcome.outputs);
        return outcome;
      }
      this.#ledger.beginNextAttempt(path, outcome.error);
      await clock.sleep(backOff(policy, attempt), this.#signal);
    }
  }

  async #attempt(
    record: TaskRecord,
    attempt: number,
    component: ComponentSpecJson,
    inputs: TaskInputs,
  ): Promise<Outcome> {
    const { path } = record;
    const executor = this.#spec.executors[component.executorLabel ?? ""];
    if (executor === undefined) {
      this.#begin(path);
      return this.#nested(path, component, inputs, attempt === 1 ? path : `${path}~${attempt}`);
    }
    try {
      const outputs = await execute(
        {
          job: this.#job,
          component,
          executor,
          inputs,
          folder: join(this.#folder, path.replaceAll("/", "_")),
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
  async #guarded(record: TaskRecord, work: () => Promise<Outcome>): Promise<Outcome> {
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      if (error instanceof ServerClosing) throw error;
      if (error instanceof Cancelled) {
        this.#ledger.end(record.path, {
          state: "CANCELLED",
          outputs: noValues,
          error: { code: 1, message: error.message },
        });
        throw error;
      }
      outcome = { state: "FAILED", outputs: noValues, error: taskError(error) };
    }
    if (outcome.state === "FAILED") this.#failed = true;
    this.#ledger.end(record.path, outcome);
    return outcome;
  }

  #begin(path: string): void {
    if (this.#ledger.require(path).state === "PENDING") this.#ledger.transition(path, "RUNNING");
  }

  #mayRun(task: PipelineTaskSpecJson, outcomes: ReadonlyMap<string, Outcome>): boolean {
    const whateverHappened = task.triggerPolicy?.strategy === "ALL_UPSTREAM_TASKS_COMPLETED";
    if (whateverHappened) return true;
    if (this.#stopsScheduling()) return false;
    return [...dependenciesOf(task)].every((name) => succeeded(outcomes.get(name)?.state));
  }

  #stopsScheduling(): boolean {
    return this.#failed && this.#job.failurePolicy === "PIPELINE_FAILURE_POLICY_FAIL_FAST";
  }
}

function succeeded(state: TaskState | undefined): boolean {
  return state === "SUCCEEDED" || state === "SKIPPED";
}

function outcomeOf({ state, outputs, error }: TaskRecord): Outcome {
  return { state, outputs, ...(error === undefined ? {} : { error }) };
}

function taskError(error: unknown): Status {
  if (error instanceof VertexError) return error.toStatus();
  const message = error instanceof Error ? error.message : String(error);
  return new VertexError("FAILED_PRECONDITION", message).toStatus();
}

/** Milliseconds before the next try: `backoffDuration`, times `backoffFactor` each time, up to `backoffMaxDuration`. */
function backOff(policy: PipelineTaskSpec_RetryPolicyJson, attempt: number): number {
  const first = parseDuration(policy.backoffDuration ?? "0s") ?? 0;
  const most = parseDuration(policy.backoffMaxDuration ?? "3600s") ?? 3_600_000;
  return Math.min(first * Number(policy.backoffFactor ?? 2) ** (attempt - 1), most);
}
