import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { KubernetesValue, PipelineNode, RunTimeValueNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";
import type { Group } from "./groups.ts";
import type { Parts } from "./merge.ts";
import { parameterSource } from "./task-inputs.ts";

/** A task's Kubernetes options, in the DAG that it is in. */
export function emitKubernetes(value: KubernetesValue, around: Group, channels: Channels): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each: KubernetesValue) => emitKubernetes(each, around, channels));
  if (isRunTimeValue(value)) {
    const beside = value.beside === undefined ? {} : (emitKubernetes(value.beside, around, channels) as object);
    return { ...parameterSource(channels.of(value.value), around), ...beside };
  }
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) => [field, emitKubernetes(each, around, channels)]),
  );
}

/** The platform document of open-source Kubeflow Pipelines, where there is something to say. */
export function emitPlatform(pipeline: PipelineNode, { kubernetes }: Parts): PlatformSpecJson | undefined {
  const config = pipeline.kubernetes ?? {};
  const platform = {
    ...(Object.keys(kubernetes).length > 0 && { deploymentSpec: { executors: kubernetes } }),
    ...(Object.keys(config).length > 0 && { pipelineConfig: config }),
  };
  if (Object.keys(platform).length === 0) return undefined;
  return { platforms: { kubernetes: platform } } as PlatformSpecJson;
}

function isRunTimeValue(value: object): value is RunTimeValueNode {
  return "kind" in value && value.kind === "run-time-value";
}
