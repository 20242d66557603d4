import type { SpecError, SpecErrorCode } from "../error.ts";
import {
  type ComponentNode,
  type CustomJobNode,
  type DefinitionNodes,
  hasMarker,
  type KubernetesOption,
  type ResourcesNode,
  type TaskNode,
  type TaskSettings,
} from "../nodes/index.ts";
import { here } from "../origin.ts";
import { parseCpu, parseMemory } from "../quantities.ts";
import { argumentNodes, textNode } from "./arguments.ts";
import { type CustomJob, customJobNode } from "./custom-job.ts";
import { currentScope, mistake, type Scope } from "./scope.ts";
import {
  type AnyTask,
  type Quantity,
  type RetryOptions,
  type TaskMethods,
  type Text,
  taskId,
  taskTrace,
} from "./task-methods.ts";
import { toValue } from "./values.ts";

/** A component at work in a pipeline. Its outputs are its fields: `task.model`, or `task.outputs.model` whatever they are called. */
export type Task<Outputs> = TaskMethods<Task<Outputs>> &
  AnyTask & { readonly outputs: Outputs } & Omit<Outputs, Reserved>;

type Reserved = keyof TaskMethods<unknown> | "outputs";

/** Writes a task down in the pipeline whose function runs now. */
export function addTask(
  component: ComponentNode,
  definitions: { readonly inputs: DefinitionNodes; readonly outputs: DefinitionNodes },
  given: Readonly<Record<string, unknown>>,
): TaskHandle {
  const scope = currentScope(`A task of "${component.name}"`);
  const { trace } = scope;
  const node: TaskNode = {
    kind: "task",
    id: trace.nextId++,
    origin: here(),
    component,
    arguments: argumentNodes(given, component.name, definitions.inputs, scope),
    after: [],
    settings: { cache: true, resources: {}, environment: {}, ignoreUpstreamFailure: false },
  };
  trace.tasks.set(node.id, node);
  scope.steps.push(node.id);
  return new TaskHandle(scope, node, definitions.outputs);
}

/** A task as its author holds it. What it is told is written down in the trace. */
export class TaskHandle implements TaskMethods<TaskHandle>, AnyTask {
  readonly [taskId]: number;
  readonly [taskTrace]: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly #scope: Scope;

  constructor(scope: Scope, { id }: TaskNode, outputs: DefinitionNodes) {
    this.#scope = scope;
    this[taskId] = id;
    this[taskTrace] = scope.trace.serial;
    const values: Record<string, unknown> = {};
    for (const output of Object.keys(outputs)) {
      const definition = outputs[output];
      if (definition === undefined) continue;
      const node = Object.freeze({ kind: "task-output", task: id, output } as const);
      const value = toValue({ node, definition, scope });
      values[output] = value;
      if (!(output in this)) (this as Record<string, unknown>)[output] = value;
    }
    this.outputs = Object.freeze(values);
    Object.freeze(this);
  }

  named(name: string): this {
    if (hasMarker(name) || !/[a-z0-9]/i.test(name)) {
      throw this.#mistake("invalid-name", "a task's name has letters or digits, and is known now.");
    }
    return this.#tell({ name });
  }

  displayName(displayName: string): this {
    if (hasMarker(displayName)) throw this.#mistake("invalid-name", "a task's display name is known now.");
    return this.#tell({ displayName });
  }

  after(...steps: readonly AnyTask[]): this {
    const node = this.#node;
    const { tasks, serial } = this.#scope.trace;
    if (steps.some((step) => step[taskTrace] !== serial)) {
      throw this.#mistake("unreachable", "waits for a task of another pipeline.");
    }
    tasks.set(node.id, { ...node, after: [...node.after, ...steps.map((step) => step[taskId])] });
    return this;
  }

  cache(enabled: boolean | { readonly key: string }): this {
    if (typeof enabled === "boolean") return this.#tell({ cache: enabled });
    return this.#tell({ cache: true, cacheKey: enabled.key });
  }

  retry({ count, backoffSeconds = 0, backoffFactor = 2, backoffMaxSeconds = 3600 }: RetryOptions): this {
    if (!Number.isInteger(count) || count < 0) {
      throw this.#mistake("invalid-value", `the number of retries is a whole number, not ${count}.`);
    }
    for (const seconds of [backoffSeconds, backoffMaxSeconds]) {
      if (!Number.isInteger(seconds) || seconds < 0) {
        throw this.#mistake("invalid-value", `a wait before a retry is a whole number of seconds, not ${seconds}.`);
      }
    }
    return this.#tell({ retry: { count, backoffSeconds, backoffFactor, backoffMaxSeconds } });
  }

  ignoreUpstreamFailure(): this {
    return this.#tell({ ignoreUpstreamFailure: true });
  }

  image(image: Text): this {
    return this.#ofContainer({ image: textNode(image, this.#scope, { task: this.#node.component.name }) });
  }

  cpu(quantity: Quantity): this {
    return this.#need(
      this.#quantity("cpu", quantity, (text) => parseCpu(text) !== null, "CPU is written as 4 or 500m"),
    );
  }

  memory(quantity: Quantity): this {
    const form = "memory is written as 16Gi or 32G";
    return this.#need(this.#quantity("memory", quantity, (text) => parseMemory(text) !== null, form));
  }

  accelerator(type: Text, count: number | Text = 1): this {
    const place = { task: this.#node.component.name };
    const acceleratorCount = textNode(count, this.#scope, place);
    if (typeof acceleratorCount === "string" && !/^[0-9]+$/.test(acceleratorCount)) {
      throw this.#mistake("invalid-value", `the number of accelerators is a whole number, not ${acceleratorCount}.`);
    }
    return this.#need({ acceleratorType: textNode(type, this.#scope, place), acceleratorCount });
  }

  env(variables: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(variables)) {
      if (hasMarker(value)) {
        const message = `the environment variable ${name} cannot hold a value that is known only at run time: make it an input.`;
        throw this.#mistake("unsupported", message);
      }
    }
    return this.#ofContainer({ environment: { ...this.#node.settings.environment, ...variables } });
  }

  runOn(job: CustomJob): this {
    const customJob: CustomJobNode = customJobNode(job, this.#scope, { task: this.#node.component.name });
    return this.#ofContainer({ customJob });
  }

  kubernetes(...options: readonly KubernetesOption[]): this {
    const config = options.reduce((each, option) => option.apply(each), this.#node.settings.kubernetes ?? {});
    return this.#ofContainer({ kubernetes: config });
  }

  get #node(): TaskNode {
    const node = this.#scope.trace.tasks.get(this[taskId]);
    if (node === undefined) throw new Error("This task was never written down.");
    return node;
  }

  #quantity(
    what: "cpu" | "memory",
    quantity: Quantity,
    isRight: (text: string) => boolean,
    form: string,
  ): ResourcesNode {
    const limits = typeof quantity === "object" && ("limit" in quantity || "request" in quantity);
    const { limit, request } = limits ? quantity : { limit: quantity as Text, request: undefined };
    const place = { task: this.#node.component.name };
    const nodes = { Limit: limit, Request: request };
    return Object.fromEntries(
      Object.entries(nodes).flatMap(([kind, each]) => {
        if (each === undefined) return [];
        const node = textNode(each, this.#scope, place);
        if (typeof node === "string" && !isRight(node)) throw this.#mistake("invalid-value", `${form}, not ${node}.`);
        return [[`${what}${kind}`, node]];
      }),
    );
  }

  #need(resources: ResourcesNode): this {
    return this.#ofContainer({ resources: { ...this.#node.settings.resources, ...resources } });
  }

  #ofContainer(change: Partial<TaskSettings>): this {
    const { kind } = this.#node.component;
    if (kind !== "container" && kind !== "function") {
      const message = `only a container has an image, a machine, resources, an environment and options for Kubernetes; this is ${kind === "importer" ? "an importer" : "a pipeline"}.`;
      throw this.#mistake("unsupported", message);
    }
    return this.#tell(change);
  }

  #tell(change: Partial<TaskSettings>): this {
    const node = this.#node;
    const settings = { ...node.settings, ...change };
    if (settings.customJob !== undefined && Object.keys(settings.resources).length > 0) {
      throw this.#mistake(
        "unsupported",
        "a CustomJob has the CPU, memory and accelerators of its machine: leave out cpu, memory and accelerator.",
      );
    }
    this.#scope.trace.tasks.set(node.id, { ...node, settings });
    return this;
  }

  #mistake(code: SpecErrorCode, message: string): SpecError {
    return mistake(this.#scope, code, message, { task: this.#node.component.name });
  }
}
