import { SpecError } from "../error.ts";
import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { KubernetesValue, PipelineNode, RunTimeValueNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";
import type { PlacedTask } from "./groups.ts";
import type { Parts } from "./merge.ts";
import { parameterSource } from "./task-inputs.ts";

/** A task's Kubernetes options, in the DAG that it is in. */
export function emitKubernetes(value: KubernetesValue, task: PlacedTask, channels: Channels): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each: KubernetesValue) => emitKubernetes(each, task, channels));
  if (isRunTimeValue(value)) {
    const beside = value.beside === undefined ? {} : (emitKubernetes(value.beside, task, channels) as object);
    return { ...source(value, task, channels), ...beside };
  }
  return Object.fromEntries(
    Object.entries(value).map(([field, each]) => [field, emitKubernetes(each, task, channels)]),
  );
}

function source({ value }: RunTimeValueNode, { node, group }: PlacedTask, channels: Channels) {
  const channel = channels.of(value);
  if (channel.from.kind !== "field") return parameterSource(channel, group);
  if (group !== channel.home) return { componentInputParameter: channel.name };
  // Kubeflow evaluates a selector only where it stands in the spec, not in the platform document.
  const message =
    "an option for Kubernetes takes no field of the item of the loop that the task stands in. Loop over the values " +
    "themselves, or make the task a pipeline of its own, which takes the field as an input.";
  throw new SpecError("unsupported", message, { task: node.component.name }, node.origin);
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
