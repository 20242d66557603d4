import type { Call, Given, Inputs, Outputs, ValuesOf } from "../builders/checks.ts";
import type { Condition } from "../builders/conditions.ts";
import { addTask, type Task } from "../builders/task.ts";
import type { ParameterValue } from "../builders/values.ts";
import type { ContainerNode, LoadedNode } from "../nodes/index.ts";
import { componentNode } from "./component-node.ts";
import { asSpecDocuments } from "./documents.ts";
import { readYaml } from "./read-yaml.ts";
import { isVersion1, readVersion1 } from "./version-1.ts";

/** A component or pipeline from elsewhere: call it with its inputs, and it becomes a task. */
export interface LoadedComponent<In extends Inputs, Out extends Outputs> {
  <const Arguments extends Given<In>>(...inputs: Call<In, Arguments>): Task<ValuesOf<Out>>;
  readonly node: ContainerNode | LoadedNode;
}

/** One whose inputs and outputs the compiler does not know: they are checked when the pipeline is made. */
export interface UntypedComponent {
  (inputs?: Readonly<Record<string, unknown>>): Task<Readonly<Record<string, UntypedValue>>>;
  readonly node: ContainerNode | LoadedNode;
}

/** An output of such a component, which every input takes. */
export interface UntypedValue extends ParameterValue<never, never> {
  readonly title: never;
  readonly list: never;
  equals(other: unknown): Condition;
  notEquals(other: unknown): Condition;
  lessThan(other: unknown): Condition;
  atMost(other: unknown): Condition;
  greaterThan(other: unknown): Condition;
  atLeast(other: unknown): Condition;
}

/**
 * The component that a YAML or JSON text is: one that the Python SDK compiled, a whole pipeline, or one in the form of
 * Kubeflow Pipelines' first version. Throws `LoadError` with every problem.
 *
 * `retemper codegen` writes the types of its inputs and outputs. Without them, everything is checked when the pipeline
 * is made.
 *
 * @param source What messages call the text: its file or address.
 */
export function componentFromYaml(text: string, source?: string): UntypedComponent;
export function componentFromYaml<In extends Inputs, Out extends Outputs>(
  text: string,
  source?: string,
): LoadedComponent<In, Out>;
export function componentFromYaml(text: string, source = "text"): unknown {
  const node = nodeFromYaml(text, source);
  const use = (given: Readonly<Record<string, unknown>> = {}) => addTask(node, node, given);
  return Object.freeze(Object.assign(use, { node }));
}

/** The same as plain data. */
export function nodeFromYaml(text: string, source = "text"): ContainerNode | LoadedNode {
  const documents = readYaml(text, source);
  const [first] = documents;
  if (isVersion1(first)) return readVersion1(first, source);
  const node = componentNode(asSpecDocuments(documents, source));
  const description = node.description ?? descriptionOf(text);
  return description === undefined ? node : Object.freeze({ ...node, description });
}

/** The Python SDK writes it in a comment, with further lines indented. */
function descriptionOf(text: string): string | undefined {
  const [, found] = /^(?:#.*\n){0,5}?# Description: (.*(?:\n# {10,}.*)*)/.exec(text) ?? [];
  return found?.replace(/\n# +/g, "\n");
}
