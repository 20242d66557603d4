import type { ComponentSpecJson, PipelineSpec } from "../../specs/ir/index.ts";

/**
 * A spec with each component and executor in the place where it is used, so without their names. Where pipelines with
 * components of the same name come together, the real kfp names them in the order of a hash table, which is another one
 * in every run.
 *
 * It renames them one by one, too, so that in some orders two executors become one. `inner` says what a component is,
 * by its name, in place of what the spec says.
 */
export function unfolded(
  { root = {}, components = {}, deploymentSpec, ...rest }: PipelineSpec,
  inner: (component: string) => object | undefined = () => undefined,
): { readonly root: object } {
  return { ...rest, root: unfold(root) };

  function unfold({ executorLabel = "", dag, ...component }: ComponentSpecJson): object {
    const tasks = Object.entries(dag?.tasks ?? {}).map(([name, task]) => {
      const used = task.componentRef?.name ?? "";
      return [name, { ...task, componentRef: inner(used) ?? unfold(components[used] ?? {}) }];
    });
    return {
      ...component,
      executor: deploymentSpec?.executors?.[executorLabel],
      dag: dag && { ...dag, tasks: Object.fromEntries(tasks) },
    };
  }
}
