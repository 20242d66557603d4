import { parseExpression } from "../../ir/expression/index.ts";
import type { PipelineTaskSpecJson, TaskInputsSpec_InputParameterSpecJson } from "../../ir/types.ts";
import { outputOf, pathIn, type Scope } from "./scope.ts";
import type { Source } from "./source.ts";

/** What a task is given, by input. */
export function readInputs(task: PipelineTaskSpecJson, scope: Scope): Readonly<Record<string, Source>> {
  const { parameters = {}, artifacts = {} } = task.inputs ?? {};
  const given: Record<string, Source> = {};
  for (const [name, { taskOutputArtifact: output, componentInputArtifact: input }] of Object.entries(artifacts)) {
    if (output !== undefined) {
      given[name] = outputOf(scope, output.producerTask ?? "", output.outputArtifactKey ?? "", true);
    } else {
      given[name] = input === undefined ? { kind: "absent" } : scope.resolve(input, true);
    }
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const source = readParameter(parameter, scope);
    const selector = parameter.parameterExpressionSelector;
    given[name] = selector === undefined ? source : select(source, selector);
  }
  for (const [name, source] of Object.entries(given)) {
    if (source.kind === "constant") given[name] = readTemplate(source.value, given);
  }
  return given;
}

function readParameter(parameter: TaskInputsSpec_InputParameterSpecJson, scope: Scope): Source {
  const { taskOutputParameter: output, componentInputParameter: input, taskFinalStatus, runtimeValue } = parameter;
  if (output !== undefined) return outputOf(scope, output.producerTask ?? "", output.outputParameterKey ?? "", false);
  if (input !== undefined) return scope.resolve(input, false);
  if (taskFinalStatus !== undefined) return { kind: "status", step: pathIn(scope, taskFinalStatus.producerTask ?? "") };
  if (runtimeValue?.runtimeParameter !== undefined) return scope.resolve(runtimeValue.runtimeParameter, false);
  const { stringValue, intValue, doubleValue } = runtimeValue?.constantValue ?? {};
  return { kind: "constant", value: runtimeValue?.constant ?? stringValue ?? intValue ?? doubleValue ?? null };
}

const placeholder = /\{\{\$\.inputs\.parameters\[(['"])(.+?)\1\]\}\}/g;

/** A constant may hold placeholders of the other inputs of its task. */
function readTemplate(value: unknown, given: Readonly<Record<string, Source>>): Source {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const names = [...text.replaceAll('\\"', '"').matchAll(placeholder)].flatMap(([, , name = ""]) => {
    const source = given[name];
    return source === undefined ? [] : [[name, source] as const];
  });
  return names.length === 0
    ? { kind: "constant", value }
    : { kind: "template", value, names: Object.fromEntries(names) };
}

/** The value with its placeholders filled in. */
export function fillTemplate(value: unknown, fill: (name: string) => string | undefined): unknown {
  if (typeof value === "string") {
    return value.replaceAll(placeholder, (whole, _quote, name: string) => fill(name) ?? whole);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fillTemplate(item, fill));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillTemplate(inner, fill)]));
}

/** `parseJson(string_value)["a"]` is how the IR takes a field of a struct. */
function select(of: Source, expression: string): Source {
  const parsed = parseExpression(expression);
  if (parsed.kind === "index" && parsed.index.kind === "literal" && parsed.target.kind === "call") {
    const { target, index } = parsed;
    if (target.function === "parseJson") return { kind: "field", of, field: String(index.value) };
  }
  return { kind: "selected", of, expression };
}
