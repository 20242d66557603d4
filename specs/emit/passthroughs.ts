import { SpecError, type SpecErrorPlace } from "../error.ts";
import type { ContainerNode, TaskNode } from "../nodes/index.ts";

/** Kubernetes options by the field of a task's configuration that they belong to. */
const kubernetesFields: Readonly<Record<string, readonly string[]>> = {
  KUBERNETES_TOLERATIONS: ["tolerations"],
  KUBERNETES_NODE_SELECTOR: ["nodeSelector"],
  KUBERNETES_AFFINITY: ["nodeAffinity", "podAffinity"],
  KUBERNETES_VOLUMES: ["pvcMount", "secretAsVolume", "configMapAsVolume"],
};

/**
 * A component that hands its task's configuration on names the fields that it can handle. Another one would be lost.
 * https://kubeflow-pipelines.readthedocs.io/en/latest/source/dsl.html#kfp.dsl.TaskConfigPassthrough
 */
export function checkPassthroughs({ taskConfig }: ContainerNode, task: TaskNode, place: SpecErrorPlace): void {
  if (taskConfig === undefined || taskConfig.length === 0) return;
  const { resources, environment, kubernetes = {} } = task.settings;
  const told = [
    ...(Object.keys(resources).length > 0 ? ["RESOURCES"] : []),
    ...(Object.keys(environment).length > 0 ? ["ENV"] : []),
    ...Object.entries(kubernetesFields)
      .filter(([, options]) => options.some((option) => kubernetes[option] !== undefined))
      .map(([field]) => field),
  ];
  const handled = new Set(taskConfig.map(({ field }) => field));
  const lost = told.filter((field) => !handled.has(field));
  if (lost.length === 0) return;
  const message = `is told what its component does not hand on: ${lost.join(", ")}. It hands on ${[...handled].join(", ")}.`;
  throw new SpecError("unsupported", message, place, task.origin);
}
