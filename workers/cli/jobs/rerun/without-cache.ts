import type { ComponentSpecJson, PipelineSpec, PipelineTaskSpecJson } from "../../../../specs/ir/types.ts";
import type { Planned } from "./plan.ts";

/** The spec with these tasks kept from the cache: who runs a step again wants it to run. */
export function withoutCache(spec: PipelineSpec, runs: readonly Planned[]): PipelineSpec {
  const again = new Set(runs.map(({ step }) => step.spec));
  const inTask = (task: PipelineTaskSpecJson) => (again.has(task) ? { ...task, cachingOptions: {} } : task);
  const inComponent = (component: ComponentSpecJson): ComponentSpecJson =>
    component.dag?.tasks === undefined
      ? component
      : { ...component, dag: { ...component.dag, tasks: mapValues(component.dag.tasks, inTask) } };
  return {
    ...spec,
    ...(spec.root !== undefined && { root: inComponent(spec.root) }),
    ...(spec.components !== undefined && { components: mapValues(spec.components, inComponent) }),
  };
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
