import { SpecError } from "../error.ts";
import type { ConditionNode, DefinitionNodes, KubernetesValue, StepNode, TaskNode, ValueNode } from "../nodes/index.ts";
import type { Origin } from "../origin.ts";

/** Refuses inputs of a pipeline that nothing in it takes. */
export function refuseUnused(
  pipeline: string,
  inputs: DefinitionNodes,
  steps: readonly StepNode[],
  outputs: Readonly<Record<string, { readonly value: ValueNode }>>,
  origin: Origin,
): void {
  const used = new Set<string>();
  const visitors: { readonly [Kind in StepNode["kind"]]: (step: Extract<StepNode, { kind: Kind }>) => void } = {
    task: visitTask,
    branches: (step) => {
      for (const branch of step.branches) {
        if (branch.condition !== null) visitCondition(branch.condition);
        visitAll(branch.steps);
      }
    },
    loop: (step) => {
      if (step.items.kind === "reference") note(step.items.value);
      visitAll(step.steps);
    },
    "exit-handler": (step) => {
      visitTask(step.exit);
      visitAll(step.steps);
    },
  };
  visitAll(steps);
  for (const { value } of Object.values(outputs)) note(value);
  const unused = Object.keys(inputs).filter((name) => !used.has(name));
  if (unused.length === 0) return;
  throw new SpecError(
    "unused-input",
    `no task takes the input${unused.length === 1 ? "" : "s"} ${unused.map((name) => `"${name}"`).join(", ")}. ` +
      'Remove it, or say unusedInputs: "allow".',
    { pipeline, ...(unused.length === 1 && unused[0] !== undefined && { input: unused[0] }) },
    origin,
  );

  function visitAll(all: readonly StepNode[]): void {
    for (const step of all) visitors[step.kind](step as never);
  }

  function visitTask(task: TaskNode): void {
    const { image, resources, customJob, kubernetes } = task.settings;
    for (const value of Object.values(task.arguments)) note(value);
    for (const text of [image, ...Object.values(resources)]) if (typeof text === "object") note(text);
    for (const reference of customJob?.references ?? []) note(reference);
    if (kubernetes !== undefined) visitKubernetes(kubernetes);
  }

  function visitKubernetes(value: KubernetesValue): void {
    if (typeof value !== "object" || value === null) return;
    if ("kind" in value && value["kind"] === "run-time-value") note(value["value"] as ValueNode);
    else for (const each of Object.values(value)) visitKubernetes(each as KubernetesValue);
  }

  function visitCondition(condition: ConditionNode): void {
    switch (condition.kind) {
      case "compare":
        note(condition.left.value);
        note(condition.right.value);
        break;
      case "not":
        visitCondition(condition.condition);
        break;
      case "and":
      case "or":
        for (const each of condition.conditions) visitCondition(each);
    }
  }

  function note(value: ValueNode): void {
    if (value.kind === "pipeline-input") used.add(value.name);
    if (value.kind === "template") for (const reference of value.references) note(reference);
  }
}
