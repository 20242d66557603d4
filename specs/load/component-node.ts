import { canonicalJson } from "../ir/canonical-json.ts";
import type { ComponentSpecJson, Executor, PipelineTaskSpecJson } from "../ir/types.ts";
import type { ContainerNode, LoadedNode } from "../nodes/index.ts";
import type { SpecDocuments } from "./bind.ts";
import { definitionsOf } from "./definitions.ts";

/**
 * The component that a compiled component or pipeline is.
 *
 * Where the Python SDK compiled a single component, that is a container, as if it were written here. Everything else
 * stays a pipeline of its own.
 */
export function componentNode(documents: SpecDocuments): ContainerNode | LoadedNode {
  return singleContainer(documents) ?? loadedPipeline(documents);
}

function loadedPipeline({ spec, platform }: SpecDocuments): LoadedNode {
  const root = spec.root ?? {};
  const description = spec.pipelineInfo?.description;
  return Object.freeze({
    kind: "loaded",
    name: nameOf(spec.pipelineInfo?.name ?? "pipeline"),
    ...(description !== undefined && { description }),
    inputs: definitionsOf(root.inputDefinitions),
    outputs: definitionsOf(root.outputDefinitions),
    spec,
    ...(platform !== undefined && { platform }),
  });
}

/** A compiled component is a pipeline of one task, which has its name, takes all that it takes and does nothing else. */
function singleContainer({ spec, platform }: SpecDocuments): ContainerNode | null {
  const name = nameOf(spec.pipelineInfo?.name ?? "");
  const component = spec.components?.[`comp-${name}`];
  const container = spec.deploymentSpec?.executors?.[`exec-${name}`]?.container;
  const [task, ...more] = Object.values(spec.root?.dag?.tasks ?? {});
  if (
    component === undefined ||
    container === undefined ||
    platform !== undefined ||
    component.executorLabel !== `exec-${name}` ||
    task === undefined ||
    more.length > 0 ||
    !sameInterface(component, spec.root ?? {}) ||
    hasSettings(task, container)
  ) {
    return null;
  }
  const passthroughs = component.taskConfigPassthroughs ?? [];
  const { image = "", command = [], args = [], env = [] } = container;
  const description = spec.pipelineInfo?.description;
  return Object.freeze({
    kind: "container",
    name,
    ...(description !== undefined && { description }),
    inputs: definitionsOf(component.inputDefinitions),
    outputs: definitionsOf(component.outputDefinitions),
    image,
    command: Object.freeze(command),
    arguments: Object.freeze(args),
    environment: Object.freeze(Object.fromEntries(env.map(({ name = "", value = "" }) => [name, value]))),
    ...(passthroughs.length > 0 && {
      taskConfig: passthroughs.map(({ field = "NONE", applyToTask = false }) => ({ field, applyToTask })),
    }),
  });
}

function sameInterface(one: ComponentSpecJson, other: ComponentSpecJson): boolean {
  const json = ({ inputDefinitions, outputDefinitions }: ComponentSpecJson) =>
    canonicalJson({ inputs: inputDefinitions ?? {}, outputs: outputDefinitions ?? {} });
  return json(one) === json(other);
}

/** What a component cannot have of itself, only a task. */
function hasSettings(
  task: PipelineTaskSpecJson,
  { resources, lifecycle }: NonNullable<Executor["container"]>,
): boolean {
  const { taskInfo, componentRef, cachingOptions, inputs: _, ...settings } = task;
  return (
    resources !== undefined ||
    lifecycle !== undefined ||
    Object.keys(settings).length > 0 ||
    cachingOptions?.enableCache !== true ||
    cachingOptions.cacheKey !== undefined ||
    `comp-${taskInfo?.name}` !== componentRef?.name
  );
}

/** As the Python SDK makes names fit for Kubernetes. */
export function nameOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, "-")
    .replace(/^-|-$/g, "");
}
