import {
  type Argument,
  type Branch,
  type Callable,
  type Component,
  type Condition,
  googleClasses,
  type Input,
  type Json,
  known,
  type ParameterKind,
  type ParameterType,
  type Pipeline,
  type Program,
  type Reference,
  type Resource,
  type Settings,
  type Step,
  type TaskStep,
  type Type,
  type Word,
} from "./model.ts";

/** A program for the Python SDK: its last pipeline is called `outer`. */
export function toPython({ components, pipelines }: Program): string {
  return [
    "from typing import Dict, List, NamedTuple, Optional",
    "from google_cloud_pipeline_components.types import artifact_types as google",
    "from kfp import dsl",
    ...components.map(component),
    ...pipelines.map(pipeline),
    "",
  ].join("\n\n");
}

function component({ name, inputs, outputs, image, command, args }: Component): string {
  const parameters = [
    ...ordered(inputs).map((input) => `${input.name}: ${inputType(input)}`),
    ...outputs.map(({ name: output, type }) => `${output}: ${outputType(type)}`),
  ];
  // What has a default comes last.
  parameters.sort((one, other) => Number(one.includes(" = ")) - Number(other.includes(" = ")));
  const lines = (words: readonly Word[]) => `[${words.map((each) => word(each, outputs)).join(", ")}]`;
  return [
    "@dsl.container_component",
    `def ${identifier(name)}(${parameters.join(", ")}):`,
    ...docstring("A component.", inputs),
    `    return dsl.ContainerSpec(image=${text(image)}, command=${lines(command)}, args=${lines(args)})`,
  ].join("\n");
}

function pipeline({ name, displayName, description, root, inputs, outputs, steps }: Pipeline): string {
  const options = [
    `name=${text(name)}`,
    ...(displayName === undefined ? [] : [`display_name=${text(displayName)}`]),
    ...(description === undefined || isDescribed(inputs) ? [] : [`description=${text(description)}`]),
    ...(root === undefined ? [] : [`pipeline_root=${text(root)}`]),
  ];
  const body = new Body();
  for (const step of steps) body.step(step, "    ");
  const values = outputs.map(({ value }) => body.value(value, "    "));
  const [only] = outputs;
  const isSingle = outputs.length === 1 && only?.name === "Output";
  if (isSingle) body.lines.push(`    return ${values.join()}`);
  else if (outputs.length > 0) body.lines.push(`    return ${identifier(name)}_outputs(${values.join(", ")})`);
  const fields = outputs.map(({ name: output, type }) => `(${text(output)}, ${plainType(type)})`);
  const result = isSingle && only !== undefined ? plainType(only.type) : `${identifier(name)}_outputs`;
  return [
    ...(outputs.length > 0 && !isSingle
      ? [`${identifier(name)}_outputs = NamedTuple("Outputs", [${fields.join(", ")}])`, ""]
      : []),
    `@dsl.pipeline(${options.join(", ")})`,
    `def ${identifier(name)}(${ordered(inputs)
      .map((input) => `${input.name}: ${inputType(input)}`)
      .join(", ")})${outputs.length > 0 ? ` -> ${result}` : ""}:`,
    ...docstring(description ?? "", inputs),
    ...body.lines,
  ].join("\n");
}

/** The lines of a pipeline's function. */
class Body {
  readonly lines: string[] = [];
  readonly #choices = new Map<string, string>();

  step(step: Step, indent: string): void {
    switch (step.kind) {
      case "task":
        this.#task(step, indent);
        break;
      case "importer": {
        const given = [`artifact_uri=${this.#argument(step.uri, indent)}`, `artifact_class=${className(step.class)}`];
        if (step.reimport) given.push("reimport=True");
        if (step.metadata !== null) given.push(`metadata=${this.#argument(step.metadata, indent)}`);
        this.lines.push(`${indent}task_${step.id} = dsl.importer(${given.join(", ")})`);
        this.#settings(step.id, step.settings, indent);
        break;
      }
      case "branches":
        for (const [index, branch] of step.branches.entries()) this.#branch(branch, index, indent);
        break;
      case "loop": {
        const items = "literal" in step.items ? looped(step.items.literal) : this.value(step.items.value, indent);
        const options = [
          ...(step.name === undefined ? [] : [`name=${text(step.name)}`]),
          ...(step.parallelism === undefined ? [] : [`parallelism=${step.parallelism}`]),
        ];
        this.lines.push(`${indent}with dsl.ParallelFor(${[items, ...options].join(", ")}) as item_${step.id}:`);
        this.#steps(step.steps, indent);
        break;
      }
      case "exit-handler": {
        this.#task(step.exit, indent);
        const shown = step.name === undefined ? "" : `, name=${text(step.name)}`;
        this.lines.push(`${indent}with dsl.ExitHandler(task_${step.exit.id}${shown}) as task_${step.id}:`);
        this.#steps(step.steps, indent);
      }
    }
  }

  /** An expression for the value. A choice is made where it is first used. */
  value(reference: Reference, indent: string): string {
    switch (reference.kind) {
      case "input":
        return reference.name;
      case "output":
        return `task_${reference.task}.outputs[${text(reference.output, "'")}]`;
      case "item":
        return `item_${reference.loop}`;
      case "field":
        return `item_${reference.loop}.${reference.field}`;
      case "collected":
        return `dsl.Collected(${this.value(reference.of, indent)})`;
      case "one-of": {
        const name = `${reference.name}_of_${reference.branches}`;
        if (!this.#choices.has(name)) {
          const values = reference.values.map((each) => this.value(each, indent));
          this.lines.push(`${indent}${name} = dsl.OneOf(${values.join(", ")})`);
          this.#choices.set(name, name);
        }
        return name;
      }
    }
  }

  #steps(steps: readonly Step[], indent: string): void {
    for (const step of steps) this.step(step, `${indent}    `);
  }

  #task(step: TaskStep, indent: string): void {
    const given = Object.entries(step.arguments).map(([input, value]) => `${input}=${this.#argument(value, indent)}`);
    this.lines.push(`${indent}task_${step.id} = ${identifier(step.callable)}(${given.join(", ")})`);
    this.#settings(step.id, step.settings, indent);
  }

  #settings(id: number, settings: Settings, indent: string): void {
    const { after, displayName, cache, retry, environment, resources, image, ignoreUpstreamFailure } = settings;
    const call = (method: string, ...given: readonly string[]) =>
      this.lines.push(`${indent}task_${id}.${method}(${given.join(", ")})`);
    if (after !== undefined) call("after", ...after.map((each) => `task_${each}`));
    if (displayName !== undefined) call("set_display_name", text(displayName));
    if (typeof cache === "string") call("set_caching_options", "True", `cache_key=${text(cache)}`);
    else if (cache !== undefined) call("set_caching_options", literal(cache));
    if (retry !== undefined) {
      const { count, backoffSeconds, backoffFactor, backoffMaxSeconds } = retry;
      call(
        "set_retry",
        `num_retries=${count}`,
        ...(backoffSeconds === undefined ? [] : [`backoff_duration="${backoffSeconds}s"`]),
        ...(backoffFactor === undefined ? [] : [`backoff_factor=${backoffFactor}`]),
        ...(backoffMaxSeconds === undefined ? [] : [`backoff_max_duration="${backoffMaxSeconds}s"`]),
      );
    }
    for (const [resource, quantity] of Object.entries(resources ?? {})) {
      const value = typeof quantity === "string" ? text(quantity) : this.value(quantity, indent);
      call(setters[resource as Resource], value);
    }
    for (const [name, value] of Object.entries(environment ?? {})) call("set_env_variable", text(name), text(value));
    if (image !== undefined)
      call("set_container_image", typeof image === "string" ? text(image) : this.value(image, indent));
    if (ignoreUpstreamFailure) call("ignore_upstream_failure");
  }

  #branch({ condition, name, steps }: Branch, index: number, indent: string): void {
    const test = condition === null ? [] : [this.#condition(condition, indent)];
    const shown = name === undefined ? [] : [`name=${text(name)}`];
    const group = condition === null ? "Else" : index === 0 ? "If" : "Elif";
    this.lines.push(`${indent}with dsl.${group}(${[...test, ...shown].join(", ")}):`);
    this.#steps(steps, indent);
  }

  #condition({ left, operator, right }: Condition, indent: string): string {
    return `${this.value(left, indent)} ${operator} ${this.#argument(right, indent)}`;
  }

  #argument(argument: Argument, indent: string): string {
    switch (argument.kind) {
      case "constant":
        return literal(argument.value, argument.type);
      case "known":
        return `dsl.${known[argument.known]}`;
      case "text":
        return `f"${argument.parts.map((part) => this.#part(part, indent)).join("")}"`;
      case "list":
        return `[${argument.items.map((each) => this.#argument(each, indent)).join(", ")}]`;
      case "struct": {
        const fields = Object.entries(argument.fields);
        return `{${fields.map(([field, each]) => `${text(field)}: ${this.#argument(each, indent)}`).join(", ")}}`;
      }
      default:
        return this.value(argument, indent);
    }
  }

  #part(part: string | Reference, indent: string): string {
    if (typeof part !== "string") return `{${this.value(part, indent)}}`;
    return text(part).slice(1, -1).replaceAll("{", "{{").replaceAll("}", "}}");
  }
}

const setters: Readonly<Record<Resource, string>> = {
  cpuLimit: "set_cpu_limit",
  cpuRequest: "set_cpu_request",
  memoryLimit: "set_memory_limit",
  memoryRequest: "set_memory_request",
  acceleratorType: "set_accelerator_type",
  acceleratorCount: "set_accelerator_limit",
};

function word(each: Word, outputs: Component["outputs"]): string {
  switch (each.kind) {
    case "text":
      return text(each.text);
    case "known":
      return `dsl.${known[each.known]}`;
    case "value":
      return each.input;
    case "path": {
      const isParameter =
        each.of === "outputs" && outputs.some(({ name, type }) => name === each.name && type.kind === "parameter");
      return isParameter ? each.name : `${each.name}.path`;
    }
    case "uri":
    case "metadata":
      return `${each.name}.${each.kind}`;
    case "concat":
      return `dsl.ConcatPlaceholder([${each.items.map((item) => word(item, outputs)).join(", ")}])`;
    case "if-present": {
      const list = (words: Word | readonly Word[]) =>
        isList(words) ? `[${words.map((item) => word(item, outputs)).join(", ")}]` : word(words, outputs);
      const otherwise = each.otherwise === null ? "" : `, else_=${list(each.otherwise)}`;
      return `dsl.IfPresentPlaceholder(input_name=${text(each.input)}, then=${list(each.present)}${otherwise})`;
    }
  }
}

function isList(words: Word | readonly Word[]): words is readonly Word[] {
  return Array.isArray(words);
}

function isDescribed(inputs: readonly Input[]): boolean {
  return inputs.some(({ description }) => description !== undefined);
}

function docstring(description: string, inputs: readonly Input[]): readonly string[] {
  if (!isDescribed(inputs)) return [];
  const described = inputs.filter((input) => input.description !== undefined);
  const lines = described.map((input) => `        ${input.name}: ${input.description}`);
  return [`    """${description.replaceAll("\n", "\n    ")}`, "", "    Args:", ...lines, '    """'];
}

/** What has no default comes first. */
function ordered(inputs: readonly Input[]): readonly Input[] {
  return [...inputs].sort((one, other) => Number(one.optional) - Number(other.optional));
}

function inputType({ type, optional, default: preset }: Input): string {
  if (type.kind === "final-status") return "dsl.PipelineTaskFinalStatus = None";
  if (type.kind === "artifact") return `dsl.Input[${plainType(type)}]${optional ? " = None" : ""}`;
  if (!optional) return plainType(type);
  return preset === undefined
    ? `Optional[${plainType(type)}] = None`
    : `${plainType(type)} = ${literal(preset, type.type)}`;
}

function outputType(type: Type): string {
  return type.kind === "artifact" ? `dsl.Output[${plainType(type)}]` : `dsl.OutputPath(${parameterType(type)})`;
}

function plainType(type: Type): string {
  if (type.kind === "parameter") return parameterType(type);
  return type.list ? `List[${className(type.class)}]` : className(type.class);
}

function parameterType({ type, of }: ParameterType): string {
  if (of === undefined) return pythonTypes[type];
  return type === "list" ? `List[${parameterType(of)}]` : `Dict[str, ${parameterType(of)}]`;
}

const pythonTypes: Readonly<Record<ParameterKind, string>> = {
  string: "str",
  int: "int",
  double: "float",
  boolean: "bool",
  list: "list",
  struct: "dict",
};

function className(name: string): string {
  return (googleClasses as readonly string[]).includes(name) ? `google.${name}` : `dsl.${name}`;
}

export function identifier(name: Callable["name"]): string {
  return name.replaceAll("-", "_");
}

function looped(items: readonly Json[]): string {
  return `[${items.map((item) => literal(item)).join(", ")}]`;
}

function literal(value: Json, type?: ParameterKind): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number")
    return type === "double" && Number.isInteger(value) ? `float(${value})` : String(value);
  if (Array.isArray(value)) return `[${value.map((each) => literal(each)).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([field, each]) => `${text(field)}: ${literal(each)}`)
    .join(", ")}}`;
}

/** A string as JSON writes it is one as Python writes it. */
function text(value: string, quote: '"' | "'" = '"'): string {
  return quote === '"' ? JSON.stringify(value) : `'${JSON.stringify(value).slice(1, -1)}'`;
}
