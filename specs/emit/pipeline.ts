import { SpecError } from "../error.ts";
import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { ComponentSpecJson, DagOutputsSpecJson, PipelineSpec, PipelineTaskSpecJson } from "../ir/types.ts";
import type { ComponentNode, DefinitionNode, PipelineNode, TaskNode } from "../nodes/index.ts";
import { type Channels, findChannels, type GroupOutput } from "./channels.ts";
import { componentInputs } from "./component-interface.ts";
import { connect } from "./connect.ts";
import { type EffectiveTask, effectiveTask } from "./custom-job.ts";
import { emitInputs, emitOutputs } from "./definitions.ts";
import { emitContainer, emitImporter } from "./executors.ts";
import { functionContainer } from "./function-container.ts";
import { type Group, group, type PlacedTask } from "./groups.ts";
import { field } from "./json.ts";
import { Parts } from "./merge.ts";
import { isPipelineName } from "./names.ts";
import { checkPassthroughs } from "./passthroughs.ts";
import { emitKubernetes, emitPlatform } from "./platform.ts";
import { emitGroupTask, emitTask, itemInput } from "./task.ts";

/** What wrote the spec, as its `sdkVersion`. */
const sdkVersion = "retemper-0.1.0";

export interface EmittedPipeline {
  readonly spec: PipelineSpec;
  /** For open-source Kubeflow Pipelines. */
  readonly platform: PlatformSpecJson | undefined;
}

/** Pipelines that are steps of others are the same each time. */
const emitted = new WeakMap<PipelineNode, EmittedPipeline>();

/** A pipeline as the IR has it. Throws `SpecError`. */
export function emitPipeline(pipeline: PipelineNode): EmittedPipeline {
  const earlier = emitted.get(pipeline);
  if (earlier !== undefined) return earlier;
  if (!isPipelineName(pipeline.name)) {
    const message = "a pipeline's name has 1 to 128 lower case letters, digits and hyphens, and starts with no hyphen.";
    throw new SpecError("invalid-name", message, { pipeline: pipeline.name }, pipeline.origin);
  }
  const groups = group(pipeline);
  const channels = findChannels(pipeline, groups);
  // What the pipeline gives is carried out of its groups before their outputs are written.
  const outputs = Object.entries(pipeline.outputs).map(([name, { definition, value }]) => {
    const { from } = channels.of(value);
    if (from.kind !== "step")
      throw new SpecError("unsupported", "must come from a task.", { pipeline: pipeline.name, output: name });
    const selectors = [{ step: from.step.name, output: from.output }];
    return [name, { definition, selectors, oneOf: false }] as const;
  });
  connect(pipeline, groups, channels);

  const parts = new Parts();
  const dags = new Map<Group, Record<string, PipelineTaskSpecJson>>(groups.all.map((each) => [each, {}]));
  // Groups first, as the Python SDK does, so that names that are given twice agree.
  for (const around of groups.all) {
    const tasks = dagOf(around);
    for (const inner of around.groups) {
      const name = parts.addComponent(`comp-${inner.name}`, groupComponent(inner));
      tasks[inner.name] = emitGroupTask(inner, around, name, channels);
    }
    for (const task of around.tasks) addTask(task, tasks);
  }
  for (const task of groups.exits) addTask(task, dagOf(groups.root));

  const spec: PipelineSpec = {
    pipelineInfo: {
      name: pipeline.name,
      ...field("displayName", pipeline.displayName),
      ...field("description", pipeline.description),
    },
    ...field("defaultPipelineRoot", pipeline.root),
    schemaVersion: "2.1.0",
    sdkVersion,
    root: {
      ...emitInputs(Object.entries(pipeline.inputs)),
      ...emitOutputs(outputs.map(([name, { definition }]) => [name, definition] as const)),
      dag: { ...emitDagOutputs(outputs), tasks: dagOf(groups.root) },
    },
    ...(Object.keys(parts.components).length > 0 && { components: parts.components }),
    deploymentSpec: { executors: parts.executors },
  };
  const result = { spec, platform: emitPlatform(pipeline, parts) };
  emitted.set(pipeline, result);
  return result;

  function dagOf(around: Group): Record<string, PipelineTaskSpecJson> {
    return dags.get(around) ?? {};
  }

  function groupComponent(inner: Group): ComponentSpecJson {
    return {
      ...emitInputs(groupInputs(inner, channels)),
      ...emitOutputs([...inner.outputs].map(([name, { definition }]) => [name, definition] as const)),
      dag: { ...emitDagOutputs([...inner.outputs]), tasks: dagOf(inner) },
    };
  }

  function addTask(task: PlacedTask, tasks: Record<string, PipelineTaskSpecJson>): void {
    const effective = effectiveTask(task.node, runnable(task.node.component));
    const name = parts.addComponent(`comp-${task.name}`, taskComponent(task, effective));
    const placed = { ...task, node: effective.node };
    tasks[task.name] = emitTask(pipeline.name, placed, effective.node.component, name, channels);
  }

  function taskComponent(task: PlacedTask, { node }: EffectiveTask): ComponentSpecJson {
    const { component } = node;
    switch (component.kind) {
      case "pipeline": {
        const inner = emitPipeline(component);
        return parts.merge(inner.spec, inner.platform);
      }
      case "loaded":
        return parts.merge(component.spec, component.platform);
      case "importer":
        return executed(task, node, emitImporter(component, node));
      case "container":
        checkPassthroughs(component, node, { pipeline: pipeline.name, task: task.name });
        return executed(task, node, emitContainer(component, node, channels));
      case "function":
        throw new Error("A function is a container by now.");
    }
  }

  function executed(task: PlacedTask, node: TaskNode, executor: ReturnType<typeof emitImporter>): ComponentSpecJson {
    const { component } = node;
    const executorLabel = parts.addExecutor(`exec-${task.name}`, executor);
    if (node.settings.kubernetes !== undefined) {
      parts.kubernetes[executorLabel] = emitKubernetes(node.settings.kubernetes, task, channels);
    }
    const outputs = component.kind === "importer" ? { artifact: component.artifact } : outputsOf(component);
    const passthroughs = component.kind === "container" ? (component.taskConfig ?? []) : [];
    return {
      executorLabel,
      ...emitInputs(Object.entries(componentInputs(component))),
      ...emitOutputs(Object.entries(outputs)),
      ...(passthroughs.length > 0 && { taskConfigPassthroughs: passthroughs as never }),
    };
  }
}

function runnable(component: ComponentNode): Exclude<ComponentNode, { kind: "function" }> {
  return component.kind === "function" ? functionContainer(component) : component;
}

function outputsOf(component: ComponentNode): Readonly<Record<string, DefinitionNode>> {
  return component.kind === "container" ? component.outputs : {};
}

function* groupInputs(inner: Group, channels: Channels): Iterable<readonly [string, DefinitionNode]> {
  for (const { name, definition } of inner.channels.values()) yield [name, definition];
  const item = itemInput(inner, channels);
  if (item !== null && inner.loop !== null) yield [item, plain(inner.loop.node.item)];
}

function plain(definition: DefinitionNode): DefinitionNode {
  const { description: _, ...rest } = definition;
  return rest;
}

function emitDagOutputs(all: readonly (readonly [string, GroupOutput])[]): { outputs?: DagOutputsSpecJson } {
  const parameters: NonNullable<DagOutputsSpecJson["parameters"]> = {};
  const artifacts: NonNullable<DagOutputsSpecJson["artifacts"]> = {};
  for (const [name, { definition, selectors, oneOf }] of all) {
    const chosen = selectors.map(({ step, output }) => ({ producerSubtask: step, key: output }));
    if (definition.kind === "artifact") {
      artifacts[name] = {
        artifactSelectors: chosen.map(({ producerSubtask, key }) => ({ producerSubtask, outputArtifactKey: key })),
      };
      continue;
    }
    const parameterSelectors = chosen.map(({ producerSubtask, key }) => ({ producerSubtask, outputParameterKey: key }));
    const [only] = parameterSelectors;
    parameters[name] =
      oneOf || only === undefined ? { valueFromOneof: { parameterSelectors } } : { valueFromParameter: only };
  }
  const some = {
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(Object.keys(artifacts).length > 0 && { artifacts }),
  };
  return Object.keys(some).length === 0 ? {} : { outputs: some };
}
