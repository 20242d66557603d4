import type { DagSpecJson, PipelineTaskSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";

/** The tasks that a task waits for: those it names, and those whose outputs or end it reads. */
export function dependenciesOf(task: PipelineTaskSpecJson): ReadonlySet<string> {
  const names = new Set(task.dependentTasks ?? []);
  for (const input of Object.values(task.inputs?.parameters ?? {})) {
    const producer = input.taskOutputParameter?.producerTask ?? input.taskFinalStatus?.producerTask;
    if (producer !== undefined) names.add(producer);
  }
  for (const input of Object.values(task.inputs?.artifacts ?? {})) {
    const producer = input.taskOutputArtifact?.producerTask;
    if (producer !== undefined) names.add(producer);
  }
  return names;
}

/** Names the tasks of one cycle, in order; undefined when there is none. */
export function findCycle(dag: DagSpecJson): readonly string[] | undefined {
  const tasks = dag.tasks ?? {};
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    if (done.has(name) || tasks[name] === undefined) return undefined;
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    path.push(name);
    for (const dependency of dependenciesOf(tasks[name])) {
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  };
  for (const name of Object.keys(tasks)) {
    const cycle = visit(name);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/**
 * Runs every task of a pipeline as soon as those before it have ended. When one rejects, those after it don't run, and
 * once all others have ended the whole rejects with the same reason.
 */
export async function runInOrder<T>(
  { tasks = {} }: DagSpecJson,
  run: (name: string, task: PipelineTaskSpecJson, ended: ReadonlyMap<string, T>) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const started = new Map<string, Promise<void>>();
  const ended = new Map<string, T>();
  const start = (name: string): Promise<void> => {
    const known = started.get(name);
    if (known !== undefined) return known;
    const task = tasks[name] ?? {};
    const running = Promise.all([...dependenciesOf(task)].map(start)).then(async () => {
      ended.set(name, await run(name, task, ended));
    });
    started.set(name, running);
    return running;
  };
  await allEnded(Object.keys(tasks).map(start));
  return ended;
}

/** Waits for all of them, whichever fail; then throws the first failure. */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
