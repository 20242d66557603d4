import { SpecError } from "../error.ts";
import type { PipelineTaskSpecJson } from "../ir/types.ts";
import type { ComponentNode, RetryNode, TaskNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";
import { componentInputs } from "./component-interface.ts";
import { emitConditions } from "./condition.ts";
import type { Group, PlacedTask } from "./groups.ts";
import { field } from "./json.ts";
import { emitPythonJson } from "./python-json.ts";
import { TaskInputs } from "./task-inputs.ts";

/** A task in the DAG of its group. `component` is what it really runs. */
export function emitTask(
  pipeline: string,
  task: PlacedTask,
  component: ComponentNode,
  componentName: string,
  channels: Channels,
): PipelineTaskSpecJson {
  const { settings } = task.node;
  const inputs = new TaskInputs(task.group, channels);
  for (const [name, value] of Object.entries(extraArguments(task.node))) inputs.add(name, value);
  for (const [name, value] of Object.entries(task.node.arguments)) inputs.add(name, value);
  const { exitOf } = task;
  const dependencies = exitOf === null ? [...task.dependencies].sort() : [exitOf.name];
  for (const name of finalStatusInputs(component)) {
    if (name in task.node.arguments) continue;
    inputs.addFinalStatus(name, finalStatusOf(pipeline, task, name, dependencies));
  }
  return {
    taskInfo: { name: settings.displayName || task.name },
    componentRef: { name: componentName },
    cachingOptions: {
      ...field("enableCache", settings.cache),
      ...field("cacheKey", settings.cacheKey),
    },
    ...(dependencies.length > 0 && { dependentTasks: dependencies }),
    ...inputs.emit(),
    ...(settings.retry !== undefined && { retryPolicy: emitRetry(settings.retry) }),
    ...((exitOf !== null || settings.ignoreUpstreamFailure) && {
      triggerPolicy: { strategy: "ALL_UPSTREAM_TASKS_COMPLETED" },
    }),
  };
}

/** A group as a task in the DAG around it. */
export function emitGroupTask(
  group: Group,
  around: Group,
  componentName: string,
  channels: Channels,
): PipelineTaskSpecJson {
  const inputs = new TaskInputs(around, channels);
  for (const channel of group.channels.values()) inputs.addChannel(channel.name, channel);
  return {
    taskInfo: { name: group.displayName || group.name },
    componentRef: { name: componentName },
    ...(group.dependencies.size > 0 && { dependentTasks: [...group.dependencies].sort() }),
    ...inputs.emit(),
    ...(group.conditions.length > 0 && { triggerPolicy: { condition: emitConditions(group.conditions, channels) } }),
    ...emitIterator(group, channels),
  };
}

/** The name by which a loop's DAG knows the item. */
export function itemInput(group: Group, channels: Channels): string | null {
  return group.loop === null ? null : channels.of({ kind: "loop-item", loop: group.loop.node.id }).name;
}

function emitIterator(group: Group, channels: Channels): Partial<PipelineTaskSpecJson> {
  if (group.loop === null) return {};
  const { items, item, parallelism } = group.loop.node;
  const name = itemInput(group, channels) ?? "";
  const limit = parallelism === undefined ? {} : { iteratorPolicy: { parallelismLimit: parallelism } };
  if (items.kind === "literal") {
    const doubles = item.kind === "parameter" && item.type === "double";
    const raw = emitPythonJson(items.items, { sortKeys: true, doubles });
    return { parameterIterator: { items: { raw }, itemInput: name }, ...limit };
  }
  const list = channels.of(items.value).name;
  return item.kind === "parameter"
    ? { parameterIterator: { items: { inputParameter: list }, itemInput: name }, ...limit }
    : { artifactIterator: { items: { inputArtifact: list }, itemInput: name }, ...limit };
}

/** Settings that are known only at run time reach the task as inputs of its own. */
function extraArguments({ settings: { image, resources } }: TaskNode): TaskNode["arguments"] {
  const texts = {
    cpu_limit: resources.cpuLimit,
    cpu_request: resources.cpuRequest,
    memory_limit: resources.memoryLimit,
    memory_request: resources.memoryRequest,
    accelerator_type: resources.acceleratorType,
    accelerator_count: resources.acceleratorCount,
    base_image: image,
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => (typeof text === "object" ? [[name, text] as const] : [])),
  );
}

function finalStatusInputs(component: ComponentNode): readonly string[] {
  if (component.kind === "importer") return [];
  return Object.entries(componentInputs(component))
    .filter(([, definition]) => definition.kind === "parameter" && definition.type === "task-final-status")
    .map(([name]) => name);
}

/** The step whose final status the task is told. */
function finalStatusOf(pipeline: string, task: PlacedTask, input: string, dependencies: readonly string[]): string {
  const place = { pipeline, task: task.name, input };
  const [first, ...others] = dependencies;
  if (task.exitOf === null && !task.node.settings.ignoreUpstreamFailure) {
    const message = "a final status is told only to the task of an exit handler, or to one that ignores failures.";
    throw new SpecError("unsupported", message, place, task.node.origin);
  }
  if (first === undefined || others.length > 0) {
    const found = first === undefined ? "nothing" : dependencies.join(", ");
    const message = `a final status is that of one step beside this task, and this task comes after ${found}.`;
    throw new SpecError("unsupported", message, place, task.node.origin);
  }
  return first;
}

function emitRetry(retry: RetryNode): NonNullable<PipelineTaskSpecJson["retryPolicy"]> {
  return {
    ...field("maxRetryCount", retry.count),
    backoffDuration: `${retry.backoffSeconds}s`,
    ...field("backoffFactor", retry.backoffFactor),
    backoffMaxDuration: `${retry.backoffMaxSeconds}s`,
  };
}
