import { allTasks, type Flow, type Step } from "../graph/flow/index.ts";
import type { PipelineTaskSpecJson } from "../ir/types.ts";
import { tasksOf, withAncestors } from "./names.ts";

/**
 * Task → tasks that have ended when it starts, by path: its own, and those that the loops, branches and pipelines around it
 * wait for. A step that waits for a loop, branch or pipeline waits for all tasks in it.
 */
export function waitsOf(flow: Flow): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    [...allTasks(flow.steps)].map(({ path }) => [
      path,
      new Set(withAncestors(flow, path).flatMap((step) => waitsOfStep(flow, step))),
    ]),
  );
}

/** First those that wait for nothing, then those that wait only for them, and so on; otherwise by name. */
export function orderOf(waits: ReadonlyMap<string, Iterable<string>>): readonly string[] {
  const depths = new Map<string, number>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const depth = Math.max(-1, ...[...(waits.get(name) ?? [])].map(depthOf)) + 1;
    depths.set(name, depth);
    return depth;
  };
  return [...waits.keys()].sort((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1));
}

function waitsOfStep(flow: Flow, { parent, spec }: Step): readonly string[] {
  return siblingsBefore(spec).flatMap((name) => {
    const before = flow.byPath.get(parent === "" ? name : `${parent}/${name}`);
    return before === undefined ? [] : tasksOf(before).map(({ path }) => path);
  });
}

function siblingsBefore({ dependentTasks = [], inputs = {} }: PipelineTaskSpecJson): readonly string[] {
  const parameters = Object.values(inputs.parameters ?? {});
  const artifacts = Object.values(inputs.artifacts ?? {});
  return [
    ...dependentTasks,
    ...parameters.flatMap(({ taskOutputParameter, taskFinalStatus }) => [
      ...(taskOutputParameter?.producerTask ? [taskOutputParameter.producerTask] : []),
      ...(taskFinalStatus?.producerTask ? [taskFinalStatus.producerTask] : []),
    ]),
    ...artifacts.flatMap(({ taskOutputArtifact }) => taskOutputArtifact?.producerTask ?? []),
  ];
}
