import type { ComponentSpecJson, PipelineTaskSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import { type FieldViolation, invalidArgument, unimplemented } from "../wire/errors.ts";
import type { JsonObject } from "../wire/json.ts";
import { checkExpression } from "./expressions.ts";
import { findCycle } from "./graph.ts";
import { jobNames } from "./names.ts";
import { hasType } from "./parameter-types.ts";
import { unknownNames } from "./placeholders.ts";
import type { PipelineSpec } from "./spec.ts";

/**
 * Whether a job can run at all: every reference leads somewhere, every parameter has its type, and nothing is asked for
 * that isn't executed here. Throws UNIMPLEMENTED or INVALID_ARGUMENT, with every problem.
 */
export function validateJob(spec: PipelineSpec, parameters: JsonObject, inputArtifacts: readonly string[]): void {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field, description });
  checkParameters(spec, parameters, inputArtifacts, refuse);
  checkComponent("root", spec.root, spec, refuse);
  for (const [name, component] of Object.entries(spec.components))
    checkComponent(`components.${name}`, component, spec, refuse);
  for (const [label, executor] of Object.entries(spec.executors)) {
    const at = `pipeline_spec.deployment_spec.executors.${label}`;
    if (executor.resolver !== undefined) throw unimplemented(`${at}: a resolver`);
    if (executor.container?.lifecycle?.preCacheCheck !== undefined)
      throw unimplemented(`${at}: lifecycle.preCacheCheck`);
    if (executor.importer?.downloadToWorkspace === true) throw unimplemented(`${at}: importer.downloadToWorkspace`);
  }
  for (const unknown of unknownNames(JSON.stringify(spec), jobNames)) {
    throw unimplemented(`pipeline_spec: the placeholder ${unknown}`);
  }
  if (violations.length > 0) throw invalidArgument(violations);
}

type Refuse = (field: string, description: string) => void;

function checkParameters(
  spec: PipelineSpec,
  parameters: JsonObject,
  inputArtifacts: readonly string[],
  refuse: Refuse,
): void {
  const declared = spec.root.inputDefinitions?.parameters ?? {};
  const known = Object.keys(declared).join(", ") || "none";
  for (const [name, value] of Object.entries(parameters)) {
    const field = `pipeline_job.runtime_config.parameter_values["${name}"]`;
    const definition = declared[name];
    if (definition === undefined) refuse(field, `the pipeline has no such parameter; it has ${known}`);
    else if (value === null && definition.isOptional === true) continue;
    else if (!hasType(value, definition.parameterType)) {
      refuse(field, `${JSON.stringify(value)} should be of type ${definition.parameterType}`);
    } else if (
      definition.literals !== undefined &&
      definition.literals.length > 0 &&
      !definition.literals.includes(value as never)
    ) {
      refuse(field, `${JSON.stringify(value)} should be one of ${JSON.stringify(definition.literals)}`);
    }
  }
  for (const [name, { defaultValue, isOptional }] of Object.entries(declared)) {
    if (!Object.hasOwn(parameters, name) && defaultValue === undefined && isOptional !== true) {
      refuse(`pipeline_job.runtime_config.parameter_values["${name}"]`, "the pipeline requires this parameter");
    }
  }
  const artifacts = spec.root.inputDefinitions?.artifacts ?? {};
  for (const name of inputArtifacts) {
    if (artifacts[name] === undefined) {
      refuse(`pipeline_job.runtime_config.input_artifacts["${name}"]`, "the pipeline has no such input artifact");
    }
  }
  for (const [name, { isOptional }] of Object.entries(artifacts)) {
    if (!inputArtifacts.includes(name) && isOptional !== true) {
      refuse(`pipeline_job.runtime_config.input_artifacts["${name}"]`, "the pipeline requires this artifact");
    }
  }
}

function checkComponent(at: string, component: ComponentSpecJson, spec: PipelineSpec, refuse: Refuse): void {
  const field = `pipeline_job.pipeline_spec.${at}`;
  if (component.executorLabel !== undefined && spec.executors[component.executorLabel] === undefined) {
    refuse(`${field}.executor_label`, `there is no executor ${component.executorLabel}`);
  }
  const { dag } = component;
  if (dag === undefined) {
    if (component.executorLabel === undefined) refuse(field, "has neither a dag nor an executor");
    return;
  }
  const cycle = findCycle(dag);
  if (cycle !== undefined) refuse(`${field}.dag`, `its tasks wait for each other: ${cycle.join(" → ")}`);
  for (const [name, task] of Object.entries(dag.tasks ?? {}))
    checkTask(`${field}.dag.tasks.${name}`, task, component, spec, refuse);
  const produces = (producer: string | undefined, output: string | undefined, kind: "parameters" | "artifacts") => {
    const task = dag.tasks?.[producer ?? ""];
    const made = spec.components[task?.componentRef?.name ?? ""];
    if (made?.outputDefinitions?.[kind]?.[output ?? ""] === undefined) {
      refuse(`${field}.dag.outputs.${kind}`, `${producer}.${output} isn't an output of one of its tasks`);
    }
  };
  for (const output of Object.values(dag.outputs?.parameters ?? {})) {
    const selectors = output.valueFromOneof?.parameterSelectors ?? [output.valueFromParameter ?? {}];
    for (const { producerSubtask, outputParameterKey } of selectors)
      produces(producerSubtask, outputParameterKey, "parameters");
  }
  for (const output of Object.values(dag.outputs?.artifacts ?? {})) {
    for (const { producerSubtask, outputArtifactKey } of output.artifactSelectors ?? []) {
      produces(producerSubtask, outputArtifactKey, "artifacts");
    }
  }
}

function checkTask(
  field: string,
  task: PipelineTaskSpecJson,
  parent: ComponentSpecJson,
  spec: PipelineSpec,
  refuse: Refuse,
): void {
  const siblings = parent.dag?.tasks ?? {};
  if (spec.components[task.componentRef?.name ?? ""] === undefined) {
    refuse(`${field}.component_ref`, `there is no component ${task.componentRef?.name ?? ""}`);
  }
  for (const name of task.dependentTasks ?? []) {
    if (siblings[name] === undefined) refuse(`${field}.dependent_tasks`, `there is no task ${name} beside it`);
  }
  const outputOf = (
    producer: string | undefined,
    output: string | undefined,
    kind: "parameters" | "artifacts",
    input: string,
  ) => {
    const made = spec.components[siblings[producer ?? ""]?.componentRef?.name ?? ""];
    if (made?.outputDefinitions?.[kind]?.[output ?? ""] === undefined) {
      refuse(`${field}.inputs.${kind}["${input}"]`, `${producer}.${output} isn't an output of a task beside it`);
    }
  };
  for (const [input, source] of Object.entries(task.inputs?.parameters ?? {})) {
    const from = source.taskOutputParameter;
    if (from !== undefined) outputOf(from.producerTask, from.outputParameterKey, "parameters", input);
    if (source.taskFinalStatus !== undefined && siblings[source.taskFinalStatus.producerTask ?? ""] === undefined) {
      refuse(
        `${field}.inputs.parameters["${input}"]`,
        `there is no task ${source.taskFinalStatus.producerTask} beside it`,
      );
    }
    const outer = source.componentInputParameter;
    if (outer !== undefined && parent.inputDefinitions?.parameters?.[outer] === undefined) {
      refuse(`${field}.inputs.parameters["${input}"]`, `the pipeline around it has no input ${outer}`);
    }
    if (source.parameterExpressionSelector !== undefined) {
      checkExpression(source.parameterExpressionSelector, `${field}.inputs.parameters["${input}"]`, refuse);
    }
  }
  for (const [input, source] of Object.entries(task.inputs?.artifacts ?? {})) {
    const from = source.taskOutputArtifact;
    if (from !== undefined) outputOf(from.producerTask, from.outputArtifactKey, "artifacts", input);
    const outer = source.componentInputArtifact;
    if (outer !== undefined && parent.inputDefinitions?.artifacts?.[outer] === undefined) {
      refuse(`${field}.inputs.artifacts["${input}"]`, `the pipeline around it has no input ${outer}`);
    }
  }
  const condition = task.triggerPolicy?.condition;
  if (condition !== undefined && condition !== "")
    checkExpression(condition, `${field}.trigger_policy.condition`, refuse);
}
