import { ExpressionError, parseExpression } from "./expression/index.ts";
import type {
  ComponentSpecJson,
  DagSpecJson,
  PipelineSpec,
  PipelineTaskSpecJson,
  TaskInputsSpec_InputArtifactSpecJson,
  TaskInputsSpec_InputParameterSpecJson,
} from "./types.ts";
import type { SpecProblem } from "./validate.ts";

type Kind = "parameters" | "artifacts";

/** Names in a spec that stand for nothing, and conditions that cannot be parsed: what a schema cannot see. */
export function checkReferences(spec: PipelineSpec): readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  const components = new Map(Object.entries(spec.components ?? {}));
  const executors = new Set(Object.keys(spec.deploymentSpec?.executors ?? {}));

  if (spec.root === undefined) report("/root", "The spec has no root component.");
  else checkComponent(spec.root, "/root");
  for (const [name, component] of components) checkComponent(component, pointer("/components", name));
  return problems;

  function checkComponent(component: ComponentSpecJson, path: string): void {
    const label = component.executorLabel;
    if (label !== undefined && !executors.has(label)) {
      report(`${path}/executorLabel`, `No executor is called ${JSON.stringify(label)}. ${listed(executors)}`);
    }
    if (component.dag !== undefined) checkDag(component.dag, component, `${path}/dag`);
  }

  function checkDag(dag: DagSpecJson, parent: ComponentSpecJson, path: string): void {
    const tasks = new Map(Object.entries(dag.tasks ?? {}));
    for (const [name, task] of tasks) checkTask(task, tasks, parent, pointer(`${path}/tasks`, name));
    const outputs = dag.outputs;
    for (const [name, output] of Object.entries(outputs?.artifacts ?? {})) {
      const at = pointer(`${path}/outputs/artifacts`, name);
      for (const [index, selector] of (output.artifactSelectors ?? []).entries()) {
        checkOutput(
          tasks,
          selector.producerSubtask,
          "artifacts",
          selector.outputArtifactKey,
          `${at}/artifactSelectors/${index}`,
        );
      }
    }
    for (const [name, output] of Object.entries(outputs?.parameters ?? {})) {
      const at = pointer(`${path}/outputs/parameters`, name);
      const selectors =
        output.valueFromOneof?.parameterSelectors ?? (output.valueFromParameter ? [output.valueFromParameter] : []);
      for (const selector of selectors) {
        checkOutput(tasks, selector.producerSubtask, "parameters", selector.outputParameterKey, at);
      }
    }
  }

  function checkTask(
    task: PipelineTaskSpecJson,
    tasks: ReadonlyMap<string, PipelineTaskSpecJson>,
    parent: ComponentSpecJson,
    path: string,
  ): void {
    const reference = task.componentRef?.name;
    const component = reference === undefined ? undefined : components.get(reference);
    if (component === undefined) {
      const hint =
        reference === undefined
          ? "The task names no component."
          : `No component is called ${JSON.stringify(reference)}.`;
      report(`${path}/componentRef`, `${hint} ${listed(components.keys())}`);
    }
    for (const [index, name] of (task.dependentTasks ?? []).entries()) {
      if (!tasks.has(name))
        report(`${path}/dependentTasks/${index}`, `No task beside it is called ${JSON.stringify(name)}.`);
    }
    for (const [name, input] of Object.entries(task.inputs?.parameters ?? {})) {
      const at = pointer(`${path}/inputs/parameters`, name);
      checkParameterSource(input, tasks, parent, at);
      if (input.parameterExpressionSelector)
        checkExpression(input.parameterExpressionSelector, `${at}/parameterExpressionSelector`);
    }
    for (const [name, input] of Object.entries(task.inputs?.artifacts ?? {})) {
      checkArtifactSource(input, tasks, parent, pointer(`${path}/inputs/artifacts`, name));
    }
    if (task.triggerPolicy?.condition) checkExpression(task.triggerPolicy.condition, `${path}/triggerPolicy/condition`);
    if (component !== undefined) checkInputs(task, component, path);
  }

  /** A task gives what its component takes, no less and no more; conditions may read inputs that it does not take. */
  function checkInputs(task: PipelineTaskSpecJson, component: ComponentSpecJson, path: string): void {
    const iterated = task.parameterIterator?.itemInput ?? task.artifactIterator?.itemInput;
    for (const kind of ["parameters", "artifacts"] as const) {
      const given = task.inputs?.[kind] ?? {};
      for (const [name, definition] of Object.entries(component.inputDefinitions?.[kind] ?? {})) {
        const mayLack = definition.isOptional === true || "defaultValue" in definition || name === iterated;
        if (!mayLack && given[name] === undefined) {
          report(
            `${path}/inputs/${kind}`,
            `The component takes ${JSON.stringify(name)}, which the task does not give.`,
          );
        }
      }
    }
  }

  function checkParameterSource(
    input: TaskInputsSpec_InputParameterSpecJson,
    tasks: ReadonlyMap<string, PipelineTaskSpecJson>,
    parent: ComponentSpecJson,
    path: string,
  ): void {
    const { taskOutputParameter: output, componentInputParameter: name, taskFinalStatus: status } = input;
    if (output !== undefined) checkOutput(tasks, output.producerTask, "parameters", output.outputParameterKey, path);
    if (name !== undefined) checkParentInput(parent, "parameters", name, path);
    if (status !== undefined && !tasks.has(status.producerTask ?? "")) {
      report(path, `No task beside it is called ${JSON.stringify(status.producerTask)}.`);
    }
  }

  function checkArtifactSource(
    input: TaskInputsSpec_InputArtifactSpecJson,
    tasks: ReadonlyMap<string, PipelineTaskSpecJson>,
    parent: ComponentSpecJson,
    path: string,
  ): void {
    const { taskOutputArtifact: output, componentInputArtifact: name } = input;
    if (output !== undefined) checkOutput(tasks, output.producerTask, "artifacts", output.outputArtifactKey, path);
    if (name !== undefined) checkParentInput(parent, "artifacts", name, path);
  }

  function checkParentInput(parent: ComponentSpecJson, kind: Kind, name: string, path: string): void {
    const inputs = parent.inputDefinitions?.[kind] ?? {};
    if (Object.hasOwn(inputs, name)) return;
    report(
      path,
      `The component around it has no input ${JSON.stringify(name)} among its ${kind}. ${listed(Object.keys(inputs))}`,
    );
  }

  function checkOutput(
    tasks: ReadonlyMap<string, PipelineTaskSpecJson>,
    taskName: string | undefined,
    kind: Kind,
    key: string | undefined,
    path: string,
  ): void {
    const task = tasks.get(taskName ?? "");
    if (task === undefined) {
      report(path, `No task beside it is called ${JSON.stringify(taskName)}. ${listed(tasks.keys())}`);
      return;
    }
    const component = components.get(task.componentRef?.name ?? "");
    if (component === undefined) return;
    const outputs = component.outputDefinitions?.[kind] ?? {};
    if (!Object.hasOwn(outputs, key ?? "")) {
      report(
        path,
        `Task ${taskName} has no output ${JSON.stringify(key)} among its ${kind}. ${listed(Object.keys(outputs))}`,
      );
    }
  }

  function checkExpression(text: string, path: string): void {
    try {
      parseExpression(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.push({ code: "expression", path, message: error.message });
    }
  }

  function report(path: string, message: string): void {
    problems.push({ code: "reference", path, message: message.trim() });
  }
}

function listed(names: Iterable<string>): string {
  const all = [...names];
  return all.length === 0 ? "" : `There ${all.length === 1 ? "is" : "are"} ${all.join(", ")}.`;
}

function pointer(path: string, key: string): string {
  return `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
