import { allTasks, type Flow, printSource, readFlow } from "../graph/flow/index.ts";
import { GraphError, listed } from "./graph-error.ts";
import { Names } from "./names.ts";
import type { Documents } from "./subject.ts";
import { GraphTask } from "./task.ts";
import { orderOf, waitsOf } from "./waits.ts";
import { type Wire, wireOf } from "./wire.ts";

/** A pipeline's tasks, and how they hang together. */
export class PipelineGraph {
  readonly name: string;
  /** The pipeline's inputs with their types: `int`, `string = "x"`, `Model (optional)`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the pipeline's outputs come from. */
  readonly outputs: Readonly<Record<string, Wire>>;
  /** In the order in which they can run. */
  readonly tasks: readonly GraphTask[];
  readonly #flow: Flow;
  readonly #byName: ReadonlyMap<string, GraphTask>;

  constructor({ spec, platform }: Documents) {
    const flow = readFlow(spec);
    const names = new Names(flow);
    const waits = waitsOf(flow);
    const options = platform?.platforms?.["kubernetes"]?.deploymentSpec?.executors ?? {};
    const tasks = [...allTasks(flow.steps)].map((task) => {
      const waitsFor = [...(waits.get(task.path) ?? [])].map((path) => names.of(path)).sort();
      const kubernetes = options[task.component.executorLabel ?? ""] ?? null;
      return new GraphTask(task, {
        flow,
        names,
        graph: this,
        waitsFor,
        kubernetes: kubernetes as GraphTask["settings"]["kubernetes"],
      });
    });
    this.#flow = flow;
    this.name = flow.name;
    this.inputs = Object.fromEntries(Object.entries(flow.inputs).map(([name, each]) => [name, printDefinition(each)]));
    this.outputs = Object.fromEntries(
      Object.entries(flow.outputs).map(([name, source]) => [name, wireOf(source, flow, names)]),
    );
    this.#byName = new Map(tasks.map((task) => [task.name, task]));
    const order = orderOf(new Map(tasks.map(({ name, waitsFor }) => [name, waitsFor])));
    this.tasks = order.flatMap((name) => this.#byName.get(name) ?? []);
  }

  /**
   * A task by its name. In a pipeline of the pipeline, its last names do where only one task has them: `train` for
   * `tune/train`. Throws `GraphError`.
   */
  task(name: string): GraphTask {
    const exact = this.#byName.get(name);
    if (exact !== undefined) return exact;
    const found = this.tasks.filter((task) => task.name.endsWith(`/${name}`));
    const [only, ...more] = found;
    if (only === undefined) {
      const there = listed(this.order(), "none");
      throw new GraphError("no-such-task", `Pipeline ${this.name} has no task ${name}. Its tasks: ${there}.`);
    }
    if (more.length > 0) {
      const there = listed(
        found.map((task) => task.name),
        "",
      );
      throw new GraphError("ambiguous-task", `Pipeline ${this.name} has ${found.length} tasks ${name}: ${there}.`);
    }
    return only;
  }

  /** Names of all tasks, each behind those that it waits for. */
  order(): readonly string[] {
    return this.tasks.map(({ name }) => name);
  }

  /** Whether one task can start only when the other has ended, however many are between. Throws `GraphError`. */
  reaches(from: string, to: string): boolean {
    const first = this.task(from).name;
    const open = [...this.task(to).waitsFor];
    const seen = new Set<string>();
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === first) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(...this.task(name).waitsFor);
    }
    return false;
  }

  /** Where an output comes from, in a few words: `train.loss`. Throws `GraphError`. */
  output(name: string): string {
    const source = this.#flow.outputs[name];
    if (source !== undefined) return printSource(source, this.#flow);
    const there = listed(Object.keys(this.#flow.outputs), "none");
    throw new GraphError("no-such-output", `Pipeline ${this.name} has no output ${name}. Its outputs: ${there}.`);
  }

  /** For `Taken`: throws `GraphError` unless the pipeline has such an input. */
  checkInput(name: string): void {
    if (Object.hasOwn(this.inputs, name)) return;
    const there = listed(Object.keys(this.inputs), "none");
    throw new GraphError("no-such-input", `Pipeline ${this.name} has no input ${name}. Its inputs: ${there}.`);
  }
}

function printDefinition({ type, optional, default: value }: Flow["inputs"][string]): string {
  if (value !== undefined) return `${type} = ${JSON.stringify(value)}`;
  return optional ? `${type} (optional)` : type;
}
