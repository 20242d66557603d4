import type {
  ComponentSpecJson,
  PipelineTaskSpecJson,
  TaskInputsSpec_InputParameterSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Json, JsonObject } from "../wire/json.ts";
import { evaluateSelector } from "./expressions.ts";
import type { Outcome } from "./outcome.ts";
import { coerce } from "./parameter-types.ts";
import { fillJson } from "./placeholders.ts";
import type { ArtifactRecord, Values } from "./records.ts";

export interface TaskInputs extends Values {
  /** The parameters whose value the spec itself gives, before their placeholders are filled. */
  readonly templates: Readonly<Record<string, Json>>;
}

/** A required input has no value. */
export class MissingInputError extends Error {
  override readonly name = "MissingInputError";
  readonly code = "MISSING_INPUT";
}

export interface InputSources {
  /** Inputs of the pipeline around the task. */
  readonly component: Values;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly jobName: string;
}

/** What a task's inputs lead to, before defaults; an input whose producer gave nothing is absent. */
export function resolveInputs(task: PipelineTaskSpecJson, sources: InputSources): TaskInputs {
  const parameters: Record<string, Json> = {};
  const templates: Record<string, Json> = {};
  for (const [name, source] of Object.entries(task.inputs?.parameters ?? {})) {
    const constant = source.runtimeValue?.constant as Json | undefined;
    if (constant !== undefined) templates[name] = constant;
    else {
      const value = parameterFrom(source, sources);
      if (value !== undefined) parameters[name] = value;
    }
  }
  const artifacts: Record<string, readonly ArtifactRecord[]> = {};
  for (const [name, source] of Object.entries(task.inputs?.artifacts ?? {})) {
    const producer = source.taskOutputArtifact;
    const value =
      producer === undefined
        ? sources.component.artifacts[source.componentInputArtifact ?? ""]
        : sources.outcomes.get(producer.producerTask ?? "")?.outputs.artifacts[producer.outputArtifactKey ?? ""];
    if (value !== undefined) artifacts[name] = value;
  }
  return { parameters, templates, artifacts };
}

/** Fills in defaults and what the spec gives. Throws {@link MissingInputError}. */
export function withDefaults(
  component: ComponentSpecJson,
  given: TaskInputs,
  names: Readonly<Record<string, string>>,
): TaskInputs {
  const { inputs, missing } = fillInputs(component, given, names);
  if (missing.length > 0) throw new MissingInputError(`Required inputs have no value: ${missing.join(", ")}.`);
  return inputs;
}

/** The same, with the names of the required inputs that have no value. */
export function fillInputs(
  component: ComponentSpecJson,
  given: TaskInputs,
  names: Readonly<Record<string, string>>,
): { readonly inputs: TaskInputs; readonly missing: readonly string[] } {
  const parameters: Record<string, Json> = { ...given.parameters };
  const templates: Record<string, Json> = { ...given.templates };
  const missing: string[] = [];
  const definitions = component.inputDefinitions?.parameters ?? {};
  for (const [name, definition] of Object.entries(definitions)) {
    if (parameters[name] === null && definition.isOptional === true) delete parameters[name];
    if (parameters[name] !== undefined || (templates[name] !== undefined && templates[name] !== null)) continue;
    delete templates[name];
    const { defaultValue, isOptional } = definition;
    if (defaultValue !== undefined && defaultValue !== null) templates[name] = defaultValue as Json;
    else if (isOptional !== true && defaultValue === undefined && given.templates[name] === undefined)
      missing.push(`parameter ${name}`);
  }
  for (const [name, definition] of Object.entries(component.inputDefinitions?.artifacts ?? {})) {
    if (given.artifacts[name] === undefined && definition.isOptional !== true) missing.push(`artifact ${name}`);
  }
  const scope = { parameters, templates: {}, artifacts: given.artifacts, names };
  for (const [name, template] of Object.entries(templates))
    parameters[name] = fillTemplate(template, { ...scope, templates });
  for (const [name, value] of Object.entries(parameters))
    parameters[name] = coerce(value, definitions[name]?.parameterType);
  return { inputs: { parameters, templates: onlyWithPlaceholders(templates), artifacts: given.artifacts }, missing };
}

/** What a template names of the outputs or the executor's input can only be filled where the container starts. */
function fillTemplate(template: Json, scope: Parameters<typeof fillJson>[1]): Json {
  try {
    return fillJson(template, scope);
  } catch (error) {
    if (error instanceof Error && error.name === "PlaceholderError") return template;
    throw error;
  }
}

function onlyWithPlaceholders(templates: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(templates).filter(([, template]) => JSON.stringify(template).includes("{{$")),
  );
}

function parameterFrom(
  source: TaskInputsSpec_InputParameterSpecJson,
  { component, outcomes, jobName }: InputSources,
): Json | undefined {
  const { taskOutputParameter, taskFinalStatus, runtimeValue, parameterExpressionSelector } = source;
  let value: Json | undefined;
  if (taskOutputParameter !== undefined) {
    value = outcomes.get(taskOutputParameter.producerTask ?? "")?.outputs.parameters[
      taskOutputParameter.outputParameterKey ?? ""
    ];
  } else if (taskFinalStatus !== undefined) {
    const name = taskFinalStatus.producerTask ?? "";
    return finalStatus(name, outcomes.get(name), jobName);
  } else {
    value = component.parameters[source.componentInputParameter ?? runtimeValue?.runtimeParameter ?? ""];
  }
  if (value === undefined || parameterExpressionSelector === undefined) return value;
  return evaluateSelector(parameterExpressionSelector, value);
}

function finalStatus(taskName: string, outcome: Outcome | undefined, jobName: string): JsonObject {
  return {
    state: outcome?.state ?? "TASK_STATE_UNSPECIFIED",
    pipelineJobResourceName: jobName,
    pipelineTaskName: taskName,
    error: outcome?.error === undefined ? {} : { code: outcome.error.code, message: outcome.error.message },
  };
}
