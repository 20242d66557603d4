import type { PipelineSpec } from "../ir/types.ts";
import type { LimitFinding } from "./limits.ts";

/** What a spec asks of open-source Kubeflow Pipelines, and Vertex does not have. */
export function checkKubernetesOnly(spec: PipelineSpec): readonly LimitFinding[] {
  return [
    ...Object.entries(spec.components ?? {}).flatMap(([name, component]) => {
      const path = `/components/${name}`;
      const configured = Object.entries(component.inputDefinitions?.parameters ?? {})
        .filter(([, { parameterType }]) => parameterType === "TASK_CONFIG")
        .map(([input]) =>
          finding(`${path}/inputDefinitions/parameters/${input}`, "the task's configuration as an input"),
        );
      const handedOn = component.taskConfigPassthroughs ?? [];
      return [
        ...configured,
        ...(handedOn.length > 0
          ? [finding(`${path}/taskConfigPassthroughs`, "components that hand their configuration on")]
          : []),
      ];
    }),
    ...Object.entries(spec.deploymentSpec?.executors ?? {}).flatMap(([label, { container }]) => {
      const words = [...(container?.command ?? []), ...(container?.args ?? [])];
      const uses = words.some((word) => word.includes("{{$.workspace_path}}"));
      return uses ? [finding(`/deploymentSpec/executors/${label}/container`, "a workspace")] : [];
    }),
  ];
}

function finding(path: string, what: string): LimitFinding {
  return {
    code: "KubernetesOnly",
    path,
    message: `Vertex has no such thing as ${what}: pass artifacts and parameters instead.`,
  };
}
