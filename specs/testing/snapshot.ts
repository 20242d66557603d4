import type { PipelineGraph } from "./graph.ts";
import type { GraphTask } from "./task.ts";

/** What JSON can hold, for a test's snapshot. */
export type Snapshot = Readonly<Record<string, unknown>>;

/** Only what somebody said: a snapshot has no line for what is left to itself. */
export function snapshotOf(graph: PipelineGraph): Snapshot {
  return said({
    pipeline: graph.name,
    inputs: graph.inputs,
    tasks: Object.fromEntries(graph.tasks.map((task) => [task.name, taskSnapshot(task)])),
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name) => [name, graph.output(name)])),
  });
}

function taskSnapshot(task: GraphTask): Snapshot {
  const { displayName, cached, runsAfterFailure, ...settings } = task.settings;
  const last = task.name.slice(task.name.lastIndexOf("/") + 1);
  return said({
    component: task.component,
    runs: task.runs,
    displayName: displayName === last ? null : displayName,
    inputs: Object.fromEntries(Object.keys(task.inputs).map((name) => [name, task.takes(name).text])),
    outputs: task.outputs,
    conditions: task.conditions,
    loops: task.loops.map(({ text, parallelism }) =>
      parallelism === null ? text : `${text}, ${parallelism} at a time`,
    ),
    waitsFor: task.waitsFor,
    cached: cached ? null : false,
    runsAfterFailure: runsAfterFailure || null,
    ...settings,
  });
}

function said(fields: Readonly<Record<string, unknown>>): Snapshot {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (value === null || value === undefined) return false;
      return typeof value !== "object" || Object.keys(value).length > 0;
    }),
  );
}
