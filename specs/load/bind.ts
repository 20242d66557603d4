import type { Call, Given, Inputs, Outputs, ValuesOf } from "../builders/checks.ts";
import type { Condition } from "../builders/conditions.ts";
import type { ParameterDefinition, Presence } from "../builders/parameters.ts";
import { addTask, type Task } from "../builders/task.ts";
import type { ParameterValue } from "../builders/values.ts";
import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { PipelineSpec } from "../ir/types.ts";
import type { ContainerNode, JsonValue, LoadedNode, ParameterKind } from "../nodes/index.ts";
import { checkTypes } from "./check-types.ts";
import { componentNode } from "./component-node.ts";

/** What a compiled pipeline consists of. */
export interface SpecDocuments {
  readonly spec: PipelineSpec;
  /** Options for open-source Kubeflow Pipelines. */
  readonly platform?: PlatformSpecJson;
}

/**
 * A component or pipeline from elsewhere: call it with its inputs, and it becomes a task.
 *
 * `Documented` is what an editor shows of the inputs; editors find no comments in types that are worked out.
 */
export interface LoadedComponent<In extends Inputs, Out extends Outputs, Documented = Given<In>> {
  <const Arguments extends Documented>(...inputs: Call<In, Arguments>): Task<ValuesOf<Out>>;
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

/** A parameter in generated types. */
export type ParameterOf<Kind extends ParameterKind, Given extends Presence = "required"> = ParameterDefinition<
  Kind,
  Values[Kind],
  Given
>;

interface Values {
  readonly string: string;
  readonly int: number;
  readonly double: number;
  readonly boolean: boolean;
  readonly list: readonly JsonValue[];
  readonly struct: { readonly [field: string]: JsonValue };
  readonly "task-final-status": never;
  readonly "task-config": never;
}

/**
 * A component whose valid spec is at hand, for what `retemper codegen` writes. The spec is asked for when the component
 * is first used.
 */
export function componentFromSpec<In extends Inputs, Out extends Outputs, Documented = Given<In>>(
  documents: () => SpecDocuments,
): LoadedComponent<In, Out, Documented> {
  let node: ContainerNode | LoadedNode | undefined;
  const lazily = () => {
    node ??= componentNode(documents());
    return node;
  };
  return bind(lazily) as unknown as LoadedComponent<In, Out, Documented>;
}

export function componentFromNode(node: ContainerNode | LoadedNode): UntypedComponent {
  const known = bind(() => node);
  const use = (given: Readonly<Record<string, unknown>> = {}) => {
    checkTypes(given, node);
    return known(given);
  };
  return Object.freeze(Object.assign(use, { node })) as unknown as UntypedComponent;
}

function bind(node: () => ContainerNode | LoadedNode) {
  const use = (given: Readonly<Record<string, unknown>> = {}) => addTask(node(), node(), given);
  return Object.freeze(Object.defineProperty(use, "node", { get: node, enumerable: true }));
}
