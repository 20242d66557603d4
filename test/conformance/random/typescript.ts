import {
  type AnyTask,
  artifactList,
  artifactType,
  type Condition as BuiltCondition,
  boolean,
  type Argument as CommandArgument,
  type CompiledSpec,
  compile,
  concat,
  container,
  currentTask,
  described,
  double,
  exitHandler,
  ifPresent,
  importer,
  int,
  job,
  list,
  optional,
  parallelFor,
  pipeline,
  string,
  struct,
  taskFinalStatus,
  when,
} from "../../../specs/index.ts";
import {
  type Argument,
  type ArtifactClass,
  type Branch,
  type Component,
  type Condition,
  googleClasses,
  type Input,
  type Known,
  type ParameterType,
  type Pipeline,
  type Program,
  type Reference,
  type Settings,
  type Step,
  type TaskStep,
  type Type,
  type Word,
} from "./model.ts";

/**
 * The program by calls of the builders. They are called by names that are known only now, so nothing here is known to
 * the compiler: `Any` stands for it.
 */
type Any = never;
type Call = (given: object) => AnyTask & { readonly outputs: Readonly<Record<string, Any>> };
type Values = Readonly<Record<string, Any>>;

export function compileProgram({ components, pipelines }: Program): CompiledSpec {
  const callables = new Map<string, Call>(
    components.map((each) => [each.name, buildContainer(each) as unknown as Call]),
  );
  for (const each of pipelines) {
    const built = buildPipeline(each, callables);
    if (each === pipelines.at(-1)) return compile(built);
    callables.set(each.name, built as unknown as Call);
  }
  throw new Error("A program has a pipeline.");
}

function buildContainer({ name, inputs, outputs, image, command, args }: Component) {
  return container(name, {
    image,
    inputs: definitions(inputs),
    outputs: Object.fromEntries(outputs.map(({ name: output, type }) => [output, definition(type, {})])) as Any,
    command: (io) => command.map((each) => word(each, io as Any)),
    args: (io) => args.map((each) => word(each, io as Any)),
  });
}

function buildPipeline(
  { name, displayName, description, root, inputs, outputs, steps }: Pipeline,
  callables: ReadonlyMap<string, Call>,
) {
  return pipeline(
    name,
    {
      inputs: definitions(inputs),
      unusedInputs: "allow",
      ...(displayName !== undefined && { displayName }),
      ...(description !== undefined && { description }),
      ...(root !== undefined && { root }),
    },
    (given) => {
      const body = new Body(given as Values, callables);
      body.run(steps);
      return Object.fromEntries(outputs.map(({ name: output, value }) => [output, body.value(value)])) as Values;
    },
  );
}

/** Runs the steps of a pipeline's function. */
class Body {
  readonly #inputs: Values;
  readonly #callables: ReadonlyMap<string, Call>;
  readonly #tasks = new Map<number, AnyTask & { readonly outputs?: Values }>();
  readonly #items = new Map<number, Any>();
  /** What groups give. */
  readonly #given = new Map<number, Values>();

  constructor(inputs: Values, callables: ReadonlyMap<string, Call>) {
    this.#inputs = inputs;
    this.#callables = callables;
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) this.#step(step);
  }

  value(reference: Reference): Any {
    switch (reference.kind) {
      case "input":
        return of(this.#inputs, reference.name);
      case "output": {
        const task = found(this.#tasks, reference.task);
        return task.outputs === undefined ? (task as Any) : of(task.outputs, reference.output);
      }
      case "item":
        return found(this.#items, reference.loop);
      case "field": {
        const item: { field(name: string): Any } = found(this.#items, reference.loop);
        return item.field(reference.field);
      }
      case "one-of":
        return of(found(this.#given, reference.branches), reference.name);
      case "collected":
        return of(found(this.#given, reference.group), reference.name);
    }
  }

  #step(step: Step): void {
    switch (step.kind) {
      case "task":
        this.#task(step);
        break;
      case "importer": {
        const imported = importer(artifactOf(step.class), {
          uri: this.#argument(step.uri),
          ...(step.reimport && { reimport: true }),
          ...(step.metadata !== null && { metadata: this.#argument(step.metadata) }),
        });
        if (step.settings.cache !== undefined) imported.cache(step.settings.cache === true);
        this.#tasks.set(step.id, imported);
        break;
      }
      case "branches":
        this.#given.set(step.id, this.#branches(step.branches));
        break;
      case "loop": {
        const items = "literal" in step.items ? step.items.literal : this.value(step.items.value);
        const { name, parallelism } = step;
        const options = { ...(name !== undefined && { name }), ...(parallelism !== undefined && { parallelism }) };
        const run = (item: Any) => {
          this.#items.set(step.id, item);
          this.run(step.steps);
          return this.#values(step.gives);
        };
        this.#given.set(step.id, parallelFor(items as Any, run as Any, options) as Values);
        break;
      }
      case "exit-handler": {
        const exit = this.#task(step.exit);
        const shown = step.name === undefined ? {} : { name: step.name };
        this.#tasks.set(
          step.id,
          exitHandler(exit, () => this.run(step.steps), shown),
        );
      }
    }
  }

  #task({ id, callable, arguments: given, settings }: TaskStep): AnyTask {
    const call = this.#callables.get(callable);
    if (call === undefined) throw new Error(`There is no ${callable}.`);
    const values = Object.entries(given).map(([input, value]) => [input, this.#argument(value)]);
    const task = call(Object.fromEntries(values));
    this.#tasks.set(id, task);
    this.#settings(task as Any, settings);
    return task;
  }

  #settings(task: Any, settings: Settings): void {
    const told = task as ReturnType<ReturnType<typeof container>>;
    const { after, displayName, cache, retry, environment, resources, image, ignoreUpstreamFailure } = settings;
    if (after !== undefined) told.after(...(after.map((id) => found(this.#tasks, id)) as [AnyTask]));
    if (displayName !== undefined) told.displayName(displayName);
    if (cache !== undefined) told.cache(typeof cache === "string" ? { key: cache } : cache);
    if (retry !== undefined) told.retry(retry);
    const { cpuLimit, cpuRequest, memoryLimit, memoryRequest, acceleratorType, acceleratorCount } =
      this.#resources(resources);
    if (cpuLimit !== undefined) told.cpu({ limit: cpuLimit });
    if (cpuRequest !== undefined) told.cpu({ request: cpuRequest });
    if (memoryLimit !== undefined) told.memory({ limit: memoryLimit });
    if (memoryRequest !== undefined) told.memory({ request: memoryRequest });
    if (acceleratorType !== undefined) told.accelerator(acceleratorType, acceleratorCount);
    if (environment !== undefined) told.env(environment);
    if (image !== undefined) told.image(typeof image === "string" ? image : this.value(image));
    if (ignoreUpstreamFailure) told.ignoreUpstreamFailure();
  }

  #resources(given: Settings["resources"] = {}): Readonly<Record<string, Any>> {
    const entries = Object.entries(given);
    return Object.fromEntries(
      entries.map(([resource, quantity]) => [
        resource,
        typeof quantity === "string" ? (quantity as Any) : this.value(quantity),
      ]),
    );
  }

  #branches(branches: readonly Branch[]): Values {
    const bodies = branches.map(({ condition, name, steps, gives }) => ({
      condition,
      options: name === undefined ? {} : { name },
      run: () => {
        this.run(steps);
        return this.#values(gives);
      },
    }));
    let built: ReturnType<typeof when<Values>> | undefined;
    for (const { condition, run, options } of bodies) {
      if (condition === null) return built?.otherwise(run as Any, options) as Values;
      const test = this.#condition(condition);
      built = built === undefined ? when(test, run, options) : built.elseWhen(test, run as Any, options);
    }
    return built as unknown as Values;
  }

  #condition({ left, operator, right }: Condition): BuiltCondition {
    const methods = {
      "==": "equals",
      "!=": "notEquals",
      "<": "lessThan",
      "<=": "atMost",
      ">": "greaterThan",
      ">=": "atLeast",
    } as const;
    const value: Readonly<Record<string, (other: Any) => BuiltCondition>> = this.value(left);
    const compare = value[methods[operator]];
    if (compare === undefined) throw new Error(`Nothing is ${operator} here.`);
    return compare.call(value, this.#argument(right));
  }

  #argument(argument: Argument): Any {
    switch (argument.kind) {
      case "constant":
        return argument.value as Any;
      case "known":
        return knownText(argument.known) as Any;
      case "text":
        return argument.parts.map((part) => (typeof part === "string" ? part : `${this.value(part)}`)).join("") as Any;
      case "list":
        return argument.items.map((each) => this.#argument(each)) as Any;
      case "struct":
        return Object.fromEntries(
          Object.entries(argument.fields).map(([field, each]) => [field, this.#argument(each)]),
        ) as Any;
      default:
        return this.value(argument);
    }
  }

  #values(gives: Readonly<Record<string, Reference>>): Values {
    return Object.fromEntries(Object.entries(gives).map(([name, reference]) => [name, this.value(reference)]));
  }
}

function word(each: Word, io: { readonly [Of in "inputs" | "outputs"]: Values }): CommandArgument {
  const words = (all: Word | readonly Word[]) => (isList(all) ? all.map((item) => word(item, io)) : word(all, io));
  switch (each.kind) {
    case "text":
      return each.text;
    case "known":
      return knownText(each.known);
    case "value":
      return of(io.inputs, each.input);
    case "path":
    case "uri":
    case "metadata": {
      const placeholders: Values = of(io[each.of], each.name);
      return of(placeholders, each.kind);
    }
    case "concat":
      return concat(...each.items.map((item) => word(item, io)));
    case "if-present": {
      const { otherwise } = each;
      return ifPresent(
        of(io.inputs, each.input),
        words(each.present),
        otherwise === null ? undefined : words(otherwise),
      );
    }
  }
}

function isList(words: Word | readonly Word[]): words is readonly Word[] {
  return Array.isArray(words);
}

function definitions(inputs: readonly Input[]): Any {
  return Object.fromEntries(
    inputs.map(({ name, type, optional: isOptional, default: preset, description }) => {
      const told = description === undefined ? {} : { description };
      if (type.kind === "final-status") return [name, taskFinalStatus(told)];
      if (type.kind === "parameter") {
        return [
          name,
          definition(type, {
            ...told,
            ...(preset !== undefined ? { default: preset } : isOptional && { optional: true }),
          }),
        ];
      }
      const whole = isOptional ? optional(definition(type, {})) : definition(type, {});
      return [name, description === undefined ? whole : described(whole, { description })];
    }),
  ) as Any;
}

function definition(type: Type, options: object): Any {
  if (type.kind === "artifact") {
    const plain = artifactOf(type.class);
    return (type.list ? artifactList(plain) : plain) as Any;
  }
  const make = { string, int, double, boolean, list, struct }[type.type] as (given: object) => Any;
  return make({ ...options, ...innerType(type) });
}

function innerType({ type, of: inner }: ParameterType): object {
  if (inner === undefined) return {};
  return { [type === "list" ? "items" : "fields"]: definition(inner, {}) };
}

function artifactOf(name: ArtifactClass) {
  return artifactType(`${(googleClasses as readonly string[]).includes(name) ? "google" : "system"}.${name}`);
}

function knownText(known: Known): string {
  const [of = "", what = ""] = known.split(".");
  const texts: Readonly<Record<string, string>> = of === "job" ? job : currentTask;
  return texts[what] ?? "";
}

function of<Value>(values: Readonly<Record<string, Value>>, name: string): Value {
  const value = values[name];
  if (value === undefined) throw new Error(`There is no ${name} among ${Object.keys(values)}.`);
  return value;
}

function found<Value>(values: ReadonlyMap<number, Value>, id: number): Value {
  const value = values.get(id);
  if (value === undefined) throw new Error(`There is no ${id}.`);
  return value;
}
