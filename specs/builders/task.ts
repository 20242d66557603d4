import { SpecError } from "../error.ts";
import type {
  ComponentNode,
  CustomJobNode,
  DefinitionNodes,
  JsonValue,
  ResourcesNode,
  TaskNode,
  TaskSettings,
  ValueNode,
} from "../nodes/index.ts";
import { parseCpu, parseMemory } from "../quantities.ts";
import type { ValuesOf } from "./checks.ts";
import { checkReachable, currentScope, type Scope } from "./scope.ts";
import { artifactValue, internals, isValue, parameterValue } from "./values.ts";

/** What every task can be told. Each method gives the same task back. */
export interface TaskMethods<Self> {
  /** Its name in the spec, in place of the component's. */
  named(name: string): Self;
  /** Its name on Vertex's pages. */
  displayName(text: string): Self;
  /** Waits for tasks that it takes nothing from. */
  after(...tasks: readonly [AnyTask, ...AnyTask[]]): Self;
  /** Whether an earlier run's outputs are taken when nothing has changed; on unless told otherwise. */
  cache(enabled: boolean | { readonly key: string }): Self;
  /** Runs again after a failure. */
  retry(options: RetryOptions): Self;
  /** Cores, as `4` or `500m`: the limit, or limit and request (Vertex takes limits only). */
  cpu(quantity: string | { readonly limit?: string; readonly request?: string }): Self;
  /** Memory, as `16Gi` or `32G`: the limit, or limit and request (Vertex takes limits only). */
  memory(quantity: string | { readonly limit?: string; readonly request?: string }): Self;
  /** Chips such as `NVIDIA_TESLA_T4`. A TPU slice needs `runOn(customJob(…))`. */
  accelerator(type: string, count?: number): Self;
  /** Environment variables of its container. */
  env(variables: Readonly<Record<string, string>>): Self;
}

export interface RetryOptions {
  /** How many times more. */
  readonly count: number;
  /** Seconds before the first; 0 when left out. */
  readonly backoffSeconds?: number;
  /** How much longer each wait is than the one before; 2 when left out. */
  readonly backoffFactor?: number;
  /** The longest wait; an hour when left out. */
  readonly backoffMaxSeconds?: number;
}

/** A task of a pipeline, whichever. */
export interface AnyTask {
  readonly [taskId]: number;
}

/** A component at work in a pipeline. Its outputs are its fields: `task.model`, or `task.outputs.model` whatever they are called. */
export type Task<Outputs> = TaskMethods<Task<Outputs>> &
  AnyTask & {
    readonly outputs: ValuesOf<Outputs>;
    /** Runs on a machine of its own, as a CustomJob: TPUs, GPUs, Spot. */
    runOn(job: CustomJobNode): Task<Outputs>;
  } & Omit<ValuesOf<Outputs>, Reserved>;

export const taskId: unique symbol = Symbol("taskId");
type Reserved = keyof TaskMethods<unknown> | "outputs" | "runOn";

/** Writes a task down in the pipeline whose function runs now. */
export function addTask(
  component: ComponentNode,
  definitions: { readonly inputs: DefinitionNodes; readonly outputs: DefinitionNodes },
  given: Readonly<Record<string, unknown>>,
): TaskHandle {
  const scope = currentScope(`A task of "${component.name}"`);
  const { trace } = scope;
  const id = trace.nextId++;
  const values: Record<string, ValueNode> = {};
  for (const [input, value] of Object.entries(given)) {
    if (value === undefined) continue;
    values[input] = argument(value, input, component.name, definitions.inputs, scope);
  }
  trace.tasks.set(
    id,
    Object.freeze({
      kind: "task",
      id,
      component,
      arguments: Object.freeze(values),
      after: [],
      settings: { cache: true, resources: {}, environment: {} },
    }),
  );
  scope.steps.push(id);
  return new TaskHandle(scope, id, definitions.outputs);
}

function argument(value: unknown, input: string, task: string, inputs: DefinitionNodes, scope: Scope): ValueNode {
  const place = { task, input };
  if (isValue(value)) {
    checkReachable(value[internals], scope, place);
    return value[internals].node;
  }
  const definition = inputs[input];
  if (
    definition?.kind === "artifact" ||
    typeof value === "function" ||
    (typeof value === "object" && value !== null && taskId in value)
  ) {
    throw new SpecError("invalid-value", "takes an artifact: an output of a task, such as task.model.", {
      pipeline: scope.trace.pipeline,
      ...place,
    });
  }
  if (definition?.type === "int" && !Number.isInteger(value)) {
    throw new SpecError("invalid-value", `takes a whole number, not ${String(value)}.`, {
      pipeline: scope.trace.pipeline,
      ...place,
    });
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new SpecError("invalid-value", `takes a number, not ${value}.`, { pipeline: scope.trace.pipeline, ...place });
  }
  return Object.freeze({ kind: "constant", value: value as JsonValue });
}

/** A task as its author holds it. What it is told is written down in the trace. */
export class TaskHandle implements TaskMethods<TaskHandle>, AnyTask {
  readonly [taskId]: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly #scope: Scope;

  constructor(scope: Scope, id: number, outputs: DefinitionNodes) {
    this.#scope = scope;
    this[taskId] = id;
    this.outputs = Object.freeze(
      Object.fromEntries(
        Object.entries(outputs).map(([output, definition]) => {
          const internal = {
            node: Object.freeze({ kind: "task-output", task: id, output } as const),
            definition,
            scope,
          };
          return [
            output,
            definition.kind === "artifact"
              ? artifactValue(internal, definition.schemaTitle)
              : parameterValue(internal, definition.type),
          ];
        }),
      ),
    );
    for (const [output, value] of Object.entries(this.outputs)) {
      if (!(output in this)) Object.defineProperty(this, output, { value, enumerable: true });
    }
    Object.freeze(this);
  }

  named(name: string): this {
    if (!/[a-z0-9]/i.test(name)) throw this.#mistake("invalid-name", "a task's name has letters or digits.");
    return this.#tell({ name });
  }

  displayName(displayName: string): this {
    return this.#tell({ displayName });
  }

  after(...tasks: readonly AnyTask[]): this {
    for (const other of tasks) {
      const before = (other as TaskHandle).#scope;
      const node = { kind: "task-output", task: other[taskId], output: "" } as const;
      const definition = { kind: "parameter", type: "string", optional: false } as const;
      checkReachable({ node, definition, scope: before }, this.#scope, { task: this.#node.component.name });
    }
    const after = [...this.#node.after, ...tasks.map((other) => other[taskId])];
    this.#scope.trace.tasks.set(this[taskId], Object.freeze({ ...this.#node, after: Object.freeze(after) }));
    return this;
  }

  cache(enabled: boolean | { readonly key: string }): this {
    return typeof enabled === "boolean"
      ? this.#tell({ cache: enabled })
      : this.#tell({ cache: true, cacheKey: enabled.key });
  }

  retry({ count, backoffSeconds = 0, backoffFactor = 2, backoffMaxSeconds = 3600 }: RetryOptions): this {
    if (!Number.isInteger(count) || count < 0)
      throw this.#mistake("invalid-value", `the number of retries is a whole number, not ${count}.`);
    return this.#tell({ retry: { count, backoffSeconds, backoffFactor, backoffMaxSeconds } });
  }

  cpu(quantity: string | { readonly limit?: string; readonly request?: string }): this {
    const { limit, request } = typeof quantity === "string" ? { limit: quantity } : quantity;
    for (const each of [limit, request]) {
      if (each !== undefined && parseCpu(each) === null)
        throw this.#mistake("invalid-value", `CPU is written as 4 or 500m, not ${each}.`);
    }
    return this.#need({
      ...(limit !== undefined && { cpuLimit: limit }),
      ...(request !== undefined && { cpuRequest: request }),
    });
  }

  memory(quantity: string | { readonly limit?: string; readonly request?: string }): this {
    const { limit, request } = typeof quantity === "string" ? { limit: quantity } : quantity;
    for (const each of [limit, request]) {
      if (each !== undefined && parseMemory(each) === null)
        throw this.#mistake("invalid-value", `memory is written as 16Gi or 32G, not ${each}.`);
    }
    return this.#need({
      ...(limit !== undefined && { memoryLimit: limit }),
      ...(request !== undefined && { memoryRequest: request }),
    });
  }

  accelerator(type: string, count = 1): this {
    return this.#need({ accelerator: { type, count } });
  }

  env(variables: Readonly<Record<string, string>>): this {
    return this.#tell({ environment: { ...this.#node.settings.environment, ...variables } });
  }

  runOn(customJob: CustomJobNode): this {
    if (this.#node.component.kind !== "container")
      throw this.#mistake("unsupported", "only a container can run as a CustomJob.");
    return this.#tell({ customJob });
  }

  get #node(): TaskNode {
    const node = this.#scope.trace.tasks.get(this[taskId]);
    if (node === undefined) throw new Error("This task was never written down.");
    return node;
  }

  #need(resources: ResourcesNode): this {
    return this.#tell({ resources: { ...this.#node.settings.resources, ...resources } });
  }

  #tell(change: Partial<TaskSettings>): this {
    const settings = Object.freeze({ ...this.#node.settings, ...change });
    if (settings.customJob !== undefined && Object.keys(settings.resources).length > 0) {
      throw this.#mistake(
        "unsupported",
        "a CustomJob has the CPU, memory and accelerators of its machine: leave out cpu, memory and accelerator.",
      );
    }
    this.#scope.trace.tasks.set(this[taskId], Object.freeze({ ...this.#node, settings }));
    return this;
  }

  #mistake(code: "invalid-name" | "invalid-value" | "unsupported", message: string): SpecError {
    return new SpecError(code, message, { pipeline: this.#scope.trace.pipeline, task: this.#node.component.name });
  }
}
