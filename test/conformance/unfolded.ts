import type { ComponentSpecJson, PipelineSpec } from "../../specs/ir/index.ts";

/**
 * A spec with each component and executor in the place where it is used, so without their names. Where pipelines with
 * components of the same name come together, the real kfp names them in the order of a hash table, which is another one
 * in every run.
 */
export function unfolded({ root = {}, components = {}, deploymentSpec, ...rest }: PipelineSpec): object {
  return { ...rest, root: unfold(root) };

  function unfold({ executorLabel = "", dag, ...component }: ComponentSpecJson): object {
    const tasks = Object.entries(dag?.tasks ?? {}).map(([name, task]) => [
      name,
      { ...task, componentRef: unfold(components[task.componentRef?.name ?? ""] ?? {}) },
    ]);
    return {
      ...component,
      executor: deploymentSpec?.executors?.[executorLabel],
      dag: dag && { ...dag, tasks: Object.fromEntries(tasks) },
    };
  }
}
