import { allTasks, type Flow, type Step } from "../graph/flow/index.ts";

/**
 * What tests call the tasks: their names, behind those of the pipelines in the pipeline that they are in. Loops, branches
 * and exit handlers have names that nobody wrote: they are left out, unless two tasks would be called the same.
 */
export class Names {
  readonly #flow: Flow;
  readonly #names: ReadonlyMap<string, string>;

  constructor(flow: Flow) {
    this.#flow = flow;
    const short = new Map([...allTasks(flow.steps)].map(({ path }) => [path, shortName(flow, path)] as const));
    const used = Map.groupBy(short, ([, name]) => name);
    this.#names = new Map([...short].map(([path, name]) => [path, used.get(name)?.length === 1 ? name : path]));
  }

  /** Of a step's path. */
  of(path: string): string {
    return this.#names.get(path) ?? shortName(this.#flow, path);
  }

  /** Names of the tasks that a step consists of. */
  under(path: string): readonly string[] {
    const step = this.#flow.byPath.get(path);
    return step === undefined ? [] : tasksOf(step).map((task) => this.of(task.path));
  }
}

export function tasksOf(step: Step): readonly Step[] {
  return step.kind === "task" ? [step] : [...allTasks(step.steps)];
}

/** The steps around one, the outermost first, itself last. */
export function withAncestors(flow: Flow, path: string): readonly Step[] {
  const keys = path.split("/");
  return keys.flatMap((_, index) => flow.byPath.get(keys.slice(0, index + 1).join("/")) ?? []);
}

function shortName(flow: Flow, path: string): string {
  return withAncestors(flow, path)
    .filter((step) => step.kind === "task" || step.role === "pipeline")
    .map(({ name }) => name)
    .join("/");
}
