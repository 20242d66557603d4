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
