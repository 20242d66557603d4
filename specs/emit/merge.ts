import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { ComponentSpecJson, Executor, PipelineSpec } from "../ir/types.ts";
import { UniqueNames } from "./names.ts";

/** Everything in a spec that is shared by all of its DAGs, while it grows. */
export class Parts {
  readonly components: Record<string, ComponentSpecJson> = {};
  readonly executors: Record<string, Executor> = {};
  /** Kubernetes options by executor. */
  readonly kubernetes: Record<string, unknown> = {};
  readonly #componentNames = new UniqueNames();
  readonly #labels = new UniqueNames();

  /** Gives back the name that it got. */
  addComponent(wanted: string, component: ComponentSpecJson): string {
    const name = this.#componentNames.take(wanted);
    this.components[name] = component;
    return name;
  }

  /** Gives back the label that it got. */
  addExecutor(wanted: string, executor: Executor): string {
    const label = this.#labels.take(wanted);
    this.executors[label] = executor;
    return label;
  }

  /** Takes in all parts of another pipeline under names of their own. Gives back its root, which is a component now. */
  merge(spec: PipelineSpec, platform: PlatformSpecJson | undefined): ComponentSpecJson {
    const labels = new Map<string, string>();
    const options = platform?.platforms?.["kubernetes"]?.deploymentSpec?.executors ?? {};
    for (const [label, executor] of Object.entries(spec.deploymentSpec?.executors ?? {})) {
      const added = this.addExecutor(label, executor);
      labels.set(label, added);
      if (options[label] !== undefined) this.kubernetes[added] = options[label];
    }
    const components = Object.entries(spec.components ?? {});
    const names = new Map(components.map(([name]) => [name, this.#componentNames.take(name)]));
    for (const [name, component] of components) {
      this.components[names.get(name) ?? name] = renamed(component, names, labels);
    }
    return renamed(spec.root ?? {}, names, labels);
  }
}

function renamed(
  component: ComponentSpecJson,
  names: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, string>,
): ComponentSpecJson {
  const { executorLabel, dag } = component;
  return {
    ...component,
    ...(executorLabel !== undefined && { executorLabel: labels.get(executorLabel) ?? executorLabel }),
    ...(dag !== undefined && {
      dag: {
        ...dag,
        tasks: Object.fromEntries(
          Object.entries(dag.tasks ?? {}).map(([name, task]) => {
            const component = task.componentRef?.name ?? "";
            return [name, { ...task, componentRef: { name: names.get(component) ?? component } }];
          }),
        ),
      },
    }),
  };
}
