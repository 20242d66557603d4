import type { PipelineTaskSpecJson, TaskInputsSpecJson } from "../ir/types.ts";
import type { RetryNode, ValueNode } from "../nodes/index.ts";
import { emitCondition } from "./condition.ts";
import { mutable } from "./json.ts";
import type { Channel, Group, Layout, PlacedTask } from "./layout.ts";

/** A task in the DAG of its group. */
export function emitTask(layout: Layout, task: PlacedTask, component: string): PipelineTaskSpecJson {
  const { settings } = task.node;
  return {
    taskInfo: { name: settings.displayName ?? task.name },
    componentRef: { name: component },
    cachingOptions: {
      ...(settings.cache && { enableCache: true }),
      ...(settings.cacheKey !== undefined && { cacheKey: settings.cacheKey }),
    },
    ...emitDependencies(task.dependencies),
    ...emitTaskInputs(layout, Object.entries(task.node.arguments), task.group),
    ...(settings.retry !== undefined && { retryPolicy: emitRetry(settings.retry) }),
  };
}

/** A branch as a task in the DAG around it. */
export function emitGroupTask(layout: Layout, group: Group, around: Group, component: string): PipelineTaskSpecJson {
  const inputs = [...group.channels.values()].map(({ name, value }) => [name, value] as const);
  const condition =
    group.branch === null
      ? null
      : emitCondition(group.branch.condition, ({ value }) => layout.channel(value)?.name ?? null);
  return {
    taskInfo: { name: group.name },
    componentRef: { name: component },
    ...emitDependencies(group.dependencies),
    ...emitTaskInputs(layout, inputs, around),
    ...(condition !== null && { triggerPolicy: { condition } }),
  };
}

function emitDependencies(names: ReadonlySet<string>): { dependentTasks?: string[] } {
  return names.size === 0 ? {} : { dependentTasks: [...names].sort() };
}

function emitTaskInputs(
  layout: Layout,
  values: Iterable<readonly [name: string, value: ValueNode]>,
  around: Group,
): { inputs?: TaskInputsSpecJson } {
  const parameters: NonNullable<TaskInputsSpecJson["parameters"]> = {};
  const artifacts: NonNullable<TaskInputsSpecJson["artifacts"]> = {};
  for (const [name, value] of values) {
    const channel = layout.channel(value);
    if (channel === null) {
      if (value.kind === "constant") parameters[name] = { runtimeValue: { constant: mutable(value.value) } };
    } else if (channel.definition.kind === "parameter") {
      const source = emitSource(layout, channel, around);
      parameters[name] =
        "input" in source
          ? { componentInputParameter: source.input }
          : { taskOutputParameter: { producerTask: source.task, outputParameterKey: source.output } };
    } else {
      const source = emitSource(layout, channel, around);
      artifacts[name] =
        "input" in source
          ? { componentInputArtifact: source.input }
          : { taskOutputArtifact: { producerTask: source.task, outputArtifactKey: source.output } };
    }
  }
  const some = {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
  };
  return Object.keys(some).length === 0 ? {} : { inputs: some };
}

/** Where a DAG finds a value: at a task beside, or among its own inputs. */
function emitSource(
  layout: Layout,
  { name, value }: Channel,
  around: Group,
): { readonly input: string } | { readonly task: string; readonly output: string } {
  if (value.kind === "pipeline-input") return { input: around.parent === null ? value.name : name };
  const producer = layout.tasks.get(value.task);
  if (producer === undefined || producer.group !== around) return { input: name };
  return { task: producer.name, output: value.output };
}

function emitRetry(retry: RetryNode): NonNullable<PipelineTaskSpecJson["retryPolicy"]> {
  return {
    maxRetryCount: retry.count,
    backoffDuration: `${retry.backoffSeconds}s`,
    backoffFactor: retry.backoffFactor,
    backoffMaxDuration: `${retry.backoffMaxSeconds}s`,
  };
}
