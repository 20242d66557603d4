import { parseExpression } from "../../ir/expression/index.ts";
import type { ComponentSpecJson, PipelineSpec, PipelineTaskSpecJson } from "../../ir/types.ts";
import { readCondition } from "./condition.ts";
import { definitionsOf } from "./definitions.ts";
import { FlowError } from "./error.ts";
import { allSteps, type Condition, type Flow, type Loop, type Outputs, type Role, type Step } from "./flow.ts";
import { inOrder } from "./order.ts";
import { inputsIn } from "./print-expression.ts";
import { readInputs } from "./read-inputs.ts";
import { whatRuns } from "./runs.ts";
import { pathIn, readOutputs, type Scope } from "./scope.ts";
import { leavesOf, type Source } from "./source.ts";

type Inputs = Readonly<Record<string, Source>>;

/** Reads a valid spec. Throws `FlowError` when it contains itself. */
export function readFlow(spec: PipelineSpec): Flow {
  const { pipelineInfo = {}, components = {}, root = {} } = spec;
  const executors = spec.deploymentSpec?.executors ?? {};
  const outermost: Scope = {
    path: "",
    component: root,
    resolve: (name) => ({ kind: "input", pipeline: "", name }),
    within: [],
    handedOn: new Map(),
  };
  const steps = readSteps(outermost, null);
  const definitions = definitionsOf(root);
  return {
    name: pipelineInfo.name ?? "",
    displayName: pipelineInfo.displayName ?? null,
    description: pipelineInfo.description ?? null,
    inputs: definitions.inputs,
    outputs: readOutputs(outermost),
    outputTypes: Object.fromEntries(Object.entries(definitions.outputs).map(([name, { type }]) => [name, type])),
    steps,
    byPath: new Map([...allSteps(steps)].map((step) => [step.path, step])),
  };

  function readSteps(scope: Scope, role: Role | null): readonly Step[] {
    const tasks = scope.component.dag?.tasks ?? {};
    const earlier: string[] | null = role === "branches" ? [] : null;
    const read = new Map<string, Step>();
    for (const name of inOrder(tasks)) read.set(name, readStep(name, tasks[name] ?? {}, scope, earlier));
    return Object.keys(tasks).flatMap((name) => read.get(name) ?? []);
  }

  function readStep(name: string, task: PipelineTaskSpecJson, scope: Scope, earlier: string[] | null): Step {
    const reference = task.componentRef?.name ?? "";
    const component = components[reference];
    if (component === undefined) {
      throw new FlowError(
        "dangling",
        `Task ${name} names a component ${JSON.stringify(reference)}, which is not there.`,
      );
    }
    const given = readInputs(task, scope);
    const base = {
      path: pathIn(scope, name),
      name,
      title: task.taskInfo?.name || name,
      parent: scope.path,
      given,
      condition: conditionOf(task, given, earlier),
      after: readAfter(task, scope, given),
      runsAfterFailure: task.triggerPolicy?.strategy === "ALL_UPSTREAM_TASKS_COMPLETED",
      definitions: definitionsOf(component),
      spec: task,
      component,
    };
    if (component.dag === undefined) {
      const executor = executors[component.executorLabel ?? ""] ?? {};
      const inputs = taken(given, component);
      return { ...base, kind: "task", inputs, runs: whatRuns(executor), executor };
    }
    if (scope.within.includes(reference)) {
      const ring = [...scope.within, reference].join(" → ");
      throw new FlowError("endless", `Component ${reference} contains itself: ${ring}.`);
    }
    const role = roleOf(name, task);
    const inner = innerScope(scope, base.path, reference, component, task, role, given);
    const steps = readSteps(inner, role);
    const outputs = readOutputs(inner);
    if (role !== "pipeline") scope.handedOn.set(name, handOn(outputs, role, base.path));
    const inputs = role === "pipeline" ? taken(given, component) : {};
    return { ...base, kind: "group", inputs, role, loop: readLoop(task, given), steps, outputs };
  }
}

function innerScope(
  scope: Scope,
  path: string,
  reference: string,
  component: ComponentSpecJson,
  task: PipelineTaskSpecJson,
  role: Role,
  given: Inputs,
): Scope {
  const item = (task.parameterIterator ?? task.artifactIterator)?.itemInput;
  return {
    path,
    component,
    within: [...scope.within, reference],
    handedOn: new Map(),
    resolve: (input, artifact) => {
      if (input === item) return { kind: "item", loop: path, artifact };
      if (role === "pipeline") return { kind: "input", pipeline: path, name: input };
      return given[input] ?? { kind: "absent" };
    },
  };
}

function handOn(outputs: Outputs, role: Role, loop: string): Outputs {
  if (role !== "loop") return outputs;
  return Object.fromEntries(Object.entries(outputs).map(([name, of]) => [name, { kind: "collected", loop, of }]));
}

/** Tasks are given more than they take: what only their condition reads. */
function taken(given: Inputs, { inputDefinitions = {} }: ComponentSpecJson): Inputs {
  const { parameters = {}, artifacts = {} } = inputDefinitions;
  const takes = (name: string) => Object.hasOwn(parameters, name) || Object.hasOwn(artifacts, name);
  return Object.fromEntries(Object.entries(given).filter(([name]) => takes(name)));
}

function conditionOf(task: PipelineTaskSpecJson, given: Inputs, earlier: string[] | null): Condition | null {
  const text = task.triggerPolicy?.condition;
  if (!text) return null;
  const used = new Set(inputsIn(parseExpression(text)));
  return readCondition(text, new Map(Object.entries(given).filter(([name]) => used.has(name))), earlier);
}

function readLoop(
  { parameterIterator, artifactIterator, iteratorPolicy }: PipelineTaskSpecJson,
  given: Inputs,
): Loop | null {
  if (parameterIterator === undefined && artifactIterator === undefined) return null;
  const { raw, inputParameter } = parameterIterator?.items ?? {};
  const input = inputParameter ?? artifactIterator?.items?.inputArtifact;
  return {
    items: input === undefined ? { kind: "constant", value: json(raw) } : (given[input] ?? { kind: "absent" }),
    parallelism: iteratorPolicy?.parallelismLimit || null,
  };
}

function json(text = "[]"): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Loops, branches and exit handlers have names that the compilers give. */
function roleOf(name: string, task: PipelineTaskSpecJson): Role {
  if (task.parameterIterator !== undefined || task.artifactIterator !== undefined) return "loop";
  if (task.triggerPolicy?.condition) return "branch";
  if (/^condition-branches-\d+$/.test(name)) return "branches";
  return /^exit-handler-\d+$/.test(name) ? "exit-handler" : "pipeline";
}

function readAfter(task: PipelineTaskSpecJson, scope: Scope, given: Inputs): readonly string[] {
  const producers = Object.values(given)
    .flatMap(leavesOf)
    .flatMap((leaf) => (leaf.kind === "output" || leaf.kind === "status" ? [leaf.step] : []));
  return (task.dependentTasks ?? [])
    .map((name) => pathIn(scope, name))
    .filter((path) => !producers.some((producer) => producer === path || producer.startsWith(`${path}/`)));
}
