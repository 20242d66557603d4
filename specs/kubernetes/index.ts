/**
 * Options for open-source Kubeflow Pipelines on Kubernetes, which go into the platform document.
 * Vertex ignores all of them.
 *
 * A task takes them by `task.kubernetes(secretAsEnv(…), toleration(…))`, a pipeline by
 * `pipeline(name, { kubernetes: pipelineConfig(…) }, …)`.
 */
export type { KubernetesOption } from "../nodes/index.ts";
export {
  type ConfigMapAsEnvOptions,
  type ConfigMapAsVolumeOptions,
  configMapAsEnv,
  configMapAsVolume,
} from "./config-maps.ts";
export { imagePullPolicy, imagePullSecrets } from "./images.ts";
export { type InitContainerOptions, initContainer } from "./init-container.ts";
export {
  type NodeAffinity,
  type NodeAffinityOptions,
  type NodeSelectorTerm,
  nodeAffinity,
  nodeAffinityJson,
  nodeSelector,
  nodeSelectorJson,
} from "./nodes.ts";
export type { Text } from "./parameter.ts";
export {
  type PipelineConfigNode,
  type PipelineConfigOptions,
  pipelineConfig,
  type WorkspaceOptions,
} from "./pipeline-config.ts";
export {
  type FieldPathAsEnvOptions,
  fieldPathAsEnv,
  type SecurityContextOptions,
  securityContext,
  timeout,
} from "./pod.ts";
export { type PodAffinityOptions, podAffinity } from "./pod-affinity.ts";
export { podAnnotations, podLabels } from "./pod-metadata.ts";
export { type SecretAsEnvOptions, type SecretAsVolumeOptions, secretAsEnv, secretAsVolume } from "./secrets.ts";
export type { LabelRequirement, NodeRequirement } from "./selectors.ts";
export { type Toleration, toleration, tolerationJson } from "./tolerations.ts";
export { createPvc, type DataSource, deletePvc } from "./volume-claims.ts";
export {
  type AccessMode,
  type EmptyDirMountOptions,
  type EphemeralVolumeOptions,
  emptyDirMount,
  ephemeralVolume,
  type PvcMountOptions,
  pvcMount,
  type SharedMemoryOptions,
  sharedMemory,
} from "./volumes.ts";
