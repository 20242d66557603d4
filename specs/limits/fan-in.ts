import type { ComponentSpecJson, DagSpecJson, PipelineSpec, PipelineTaskSpecJson } from "../ir/types.ts";
import type { LimitFinding } from "./limits.ts";

/**
 * Tasks into which more artifacts go than Vertex takes. A list that a loop makes has as many as the loop has items,
 * where they are known: https://github.com/kubeflow/kubeflow/issues/7513
 */
export function checkFanIn(spec: PipelineSpec, most: number): readonly LimitFinding[] {
  const components = spec.components ?? {};
  return [
    ["/root", spec.root ?? {}] as const,
    ...Object.entries(components).map(([name, component]) => [`/components/${name}`, component] as const),
  ].flatMap(([path, { dag }]) =>
    Object.entries(dag?.tasks ?? {}).flatMap(([name, task]) => checkTask(task, dag ?? {}, `${path}/dag/tasks/${name}`)),
  );

  function checkTask(task: PipelineTaskSpecJson, dag: DagSpecJson, path: string): readonly LimitFinding[] {
    const component = componentOf(task);
    // A group hands on what it is given, and its own tasks are looked at.
    if (component?.executorLabel === undefined) return [];
    const counts = Object.values(task.inputs?.artifacts ?? {}).map(({ taskOutputArtifact: output }) =>
      output === undefined ? 1 : artifactsOf(dag, output.producerTask ?? "", output.outputArtifactKey ?? ""),
    );
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total <= most) return [];
    const message = `${total} artifacts go into this task, and Vertex takes ${most}: collect them in several tasks, or pass a folder.`;
    return [{ code: "ArtifactFanIn", message, path: `${path}/inputs/artifacts` }];
  }

  /** How many artifacts an output stands for, at least. */
  function artifactsOf(dag: DagSpecJson, producer: string, key: string): number {
    const task = dag.tasks?.[producer];
    const component = task === undefined ? undefined : componentOf(task);
    if (task === undefined || component?.dag === undefined) return 1;
    const selectors = component.dag.outputs?.artifacts?.[key]?.artifactSelectors ?? [];
    const each = selectors.map((selector) =>
      artifactsOf(component.dag ?? {}, selector.producerSubtask ?? "", selector.outputArtifactKey ?? ""),
    );
    return Math.max(1, ...each) * iterationsOf(task);
  }

  function componentOf(task: PipelineTaskSpecJson): ComponentSpecJson | undefined {
    return components[task.componentRef?.name ?? ""];
  }
}

/** How often a loop runs; 1 for what is none, and where only the run will tell. */
function iterationsOf({ parameterIterator }: PipelineTaskSpecJson): number {
  const raw = parameterIterator?.items?.raw;
  if (raw === undefined) return 1;
  const items: unknown = JSON.parse(raw);
  return Array.isArray(items) ? items.length : 1;
}
