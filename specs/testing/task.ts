import {
  type Flow,
  type Group,
  printExpression,
  printSource,
  printValue,
  type Runs,
  type Settings,
  type Step,
  settingsOf,
  type Task,
} from "../graph/flow/index.ts";
import type { PipelineGraph } from "./graph.ts";
import { GraphError, listed } from "./graph-error.ts";
import { type Names, withAncestors } from "./names.ts";
import { Taken } from "./taken.ts";
import { type Wire, wireOf } from "./wire.ts";

/** How a task runs. */
export interface TaskSettings extends Settings {
  readonly displayName: string;
  readonly cached: boolean;
  /** Null when Vertex works it out. */
  readonly cacheKey: string | null;
  /** Null for no second try. Durations are in seconds, such as `10s`. */
  readonly retry: {
    readonly count: number;
    readonly backoff: string | null;
    readonly factor: number | null;
    readonly longestBackoff: string | null;
  } | null;
  /** Whether it runs even when what it waits for has failed. */
  readonly runsAfterFailure: boolean;
  /** Options for open-source Kubeflow Pipelines. */
  readonly kubernetes: Readonly<Record<string, unknown>> | null;
}

/** A loop that a task is in. */
export interface LoopAround {
  readonly over: Wire;
  /** The same in a few words. */
  readonly text: string;
  /** How many run at once; null for no limit. */
  readonly parallelism: number | null;
}

/** A task of a pipeline. */
export class GraphTask {
  /** Unique in the graph: behind the names of pipelines in the pipeline, as `tune/train`. */
  readonly name: string;
  /** The component that it runs, as the spec calls it. */
  readonly component: string;
  readonly runs: Runs;
  /** What it is given, by input. Inputs that nobody gave are not here: `takes` tells what they are. */
  readonly inputs: Readonly<Record<string, Wire>>;
  /** Names of its outputs. */
  readonly outputs: readonly string[];
  /** Conditions under which it runs, the outermost first: `if evaluate.accuracy > 0.9`, `else`. */
  readonly conditions: readonly string[];
  /** Loops that it is in, the outermost first. */
  readonly loops: readonly LoopAround[];
  /** Names of the tasks that have ended when it starts, in the order of their names. */
  readonly waitsFor: readonly string[];
  readonly settings: TaskSettings;
  readonly #task: Task;
  readonly #flow: Flow;
  readonly #graph: PipelineGraph;

  constructor(
    task: Task,
    around: {
      readonly flow: Flow;
      readonly names: Names;
      readonly graph: PipelineGraph;
      readonly waitsFor: readonly string[];
      readonly kubernetes: Readonly<Record<string, unknown>> | null;
    },
  ) {
    const { flow, names, graph, waitsFor, kubernetes } = around;
    const steps = withAncestors(flow, task.path);
    this.#task = task;
    this.#flow = flow;
    this.#graph = graph;
    this.name = names.of(task.path);
    this.component = (task.spec.componentRef?.name ?? "").replace(/^comp-/, "");
    this.runs = task.runs;
    this.inputs = Object.fromEntries(
      Object.entries(task.inputs).map(([name, source]) => [name, wireOf(source, flow, names)]),
    );
    this.outputs = Object.keys(task.definitions.outputs).sort();
    this.conditions = steps.flatMap((step) => conditionOf(step, flow));
    this.loops = steps.filter(isLoop).map(({ loop }) => ({
      over: wireOf(loop.items, flow, names),
      text: printSource(loop.items, flow),
      parallelism: loop.parallelism,
    }));
    this.waitsFor = waitsFor;
    this.settings = settings(task, flow, kubernetes);
  }

  /** What it takes for an input. Throws `GraphError` for an input that its component does not have. */
  takes(input: string): Taken {
    const definition = this.#task.definitions.inputs[input];
    if (definition === undefined) {
      const there = listed(Object.keys(this.#task.definitions.inputs), "none");
      throw new GraphError("no-such-input", `Task ${this.name} has no input ${input}. Its inputs: ${there}.`);
    }
    const source = this.#task.inputs[input];
    const wire: Wire =
      this.inputs[input] ??
      (definition.default === undefined ? { kind: "absent" } : { kind: "default", value: definition.default });
    const text =
      source !== undefined
        ? printSource(source, this.#flow)
        : wire.kind === "default"
          ? `its default, ${printValue(wire.value)}`
          : "nowhere";
    return new Taken(input, wire, text, this, this.#graph);
  }

  /** For `Taken`: the error that lists what the outputs are. */
  noSuchOutput(output: string): GraphError {
    const there = listed(this.outputs, "none");
    return new GraphError("no-such-output", `Task ${this.name} has no output ${output}. Its outputs: ${there}.`);
  }
}

function conditionOf({ condition }: Step, flow: Flow): readonly string[] {
  if (condition === null) return [];
  if (condition.expression === null) return [condition.keyword];
  const nameOf = (input: string) => {
    const source = condition.names.get(input);
    return source === undefined ? input : printSource(source, flow);
  };
  return [`${condition.keyword} ${printExpression(condition.expression, nameOf)}`];
}

function isLoop(step: Step): step is Group & { readonly loop: NonNullable<Group["loop"]> } {
  return step.kind === "group" && step.loop !== null;
}

function settings(task: Task, flow: Flow, kubernetes: TaskSettings["kubernetes"]): TaskSettings {
  const { retryPolicy, cachingOptions } = task.spec;
  const own = settingsOf(task, flow);
  return {
    ...own,
    // The program of a function is not what its author wrote.
    ...(task.runs === "typescript" && { command: [], args: [] }),
    displayName: task.title,
    cached: cachingOptions?.enableCache ?? false,
    cacheKey: cachingOptions?.cacheKey ?? null,
    retry: retryPolicy?.maxRetryCount
      ? {
          count: retryPolicy.maxRetryCount,
          backoff: retryPolicy.backoffDuration ?? null,
          factor: retryPolicy.backoffFactor === undefined ? null : Number(retryPolicy.backoffFactor),
          longestBackoff: retryPolicy.backoffMaxDuration ?? null,
        }
      : null,
    runsAfterFailure: task.runsAfterFailure,
    kubernetes,
  };
}
