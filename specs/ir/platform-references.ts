import type { PlatformSpecJson } from "./generated/pipeline_spec_pb.js";
import type { ComponentSpecJson, PipelineSpec, TaskInputsSpec_InputParameterSpecJson } from "./types.ts";
import type { SpecProblem } from "./validate.ts";

/** Names in a platform document that stand for nothing in its spec: executors, tasks, outputs and inputs. */
export function checkPlatformReferences(platform: PlatformSpecJson, spec: PipelineSpec): readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  const executors = Object.keys(spec.deploymentSpec?.executors ?? {});
  const components = spec.components ?? {};
  const parents = parentsByExecutor(spec);
  for (const [name, { deploymentSpec }] of Object.entries(platform.platforms ?? {})) {
    for (const [label, config] of Object.entries(deploymentSpec?.executors ?? {})) {
      const path = `/platforms/${pointerKey(name)}/deploymentSpec/executors/${pointerKey(label)}`;
      if (!executors.includes(label)) report(path, `The spec has no executor ${quote(label)}. ${listed(executors)}`);
      for (const parent of parents.get(label) ?? []) checkValue(config, parent, path);
    }
  }
  return problems;

  /** The spec's own references are in a known place; these are anywhere in the options. */
  function checkValue(value: unknown, parent: ComponentSpecJson, path: string): void {
    if (typeof value !== "object" || value === null) return;
    if (!Array.isArray(value)) checkReference(value as TaskInputsSpec_InputParameterSpecJson, parent, path);
    for (const [key, inner] of Object.entries(value)) {
      if (key !== "runtimeValue") checkValue(inner, parent, `${path}/${pointerKey(key)}`);
    }
  }

  function checkReference(value: TaskInputsSpec_InputParameterSpecJson, parent: ComponentSpecJson, path: string): void {
    const { componentInputParameter: input, taskOutputParameter: output } = value;
    if (typeof input === "string") {
      const inputs = Object.keys(parent.inputDefinitions?.parameters ?? {});
      if (!inputs.includes(input)) {
        const where = `${path}/componentInputParameter`;
        report(where, `The component around the task has no parameter ${quote(input)}. ${listed(inputs)}`);
      }
    }
    if (typeof output === "object") {
      const tasks = parent.dag?.tasks ?? {};
      const { producerTask = "", outputParameterKey = "" } = output;
      const where = `${path}/taskOutputParameter`;
      const task = Object.hasOwn(tasks, producerTask) ? tasks[producerTask] : undefined;
      if (task === undefined) {
        report(where, `No task beside it is called ${quote(producerTask)}. ${listed(Object.keys(tasks))}`);
        return;
      }
      const outputs = Object.keys(components[task.componentRef?.name ?? ""]?.outputDefinitions?.parameters ?? {});
      if (!outputs.includes(outputParameterKey)) {
        report(where, `Task ${producerTask} has no output ${quote(outputParameterKey)}. ${listed(outputs)}`);
      }
    }
  }

  function report(path: string, message: string): void {
    problems.push({ code: "reference", path, message: message.trim() });
  }
}

/** Executor → the components that have a task which it runs. */
function parentsByExecutor(spec: PipelineSpec): ReadonlyMap<string, readonly ComponentSpecJson[]> {
  const components = spec.components ?? {};
  const parents = new Map<string, ComponentSpecJson[]>();
  for (const parent of [spec.root ?? {}, ...Object.values(components)]) {
    const labels = Object.values(parent.dag?.tasks ?? {}).map(
      (task) => components[task.componentRef?.name ?? ""]?.executorLabel,
    );
    for (const label of new Set(labels)) {
      if (label !== undefined) parents.set(label, [...(parents.get(label) ?? []), parent]);
    }
  }
  return parents;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "" : `There ${names.length === 1 ? "is" : "are"} ${names.join(", ")}.`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** As a JSON pointer has it. */
function pointerKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
