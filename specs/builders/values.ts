import { SpecError } from "../error.ts";
import type { Comparison, DefinitionNode, OperandNode, ParameterKind, ValueNode } from "../nodes/index.ts";
import { Condition } from "./conditions.ts";
import type { Scope } from "./scope.ts";

/** What only the builders see of a value. */
export const internals: unique symbol = Symbol("internals");

export interface ValueInternals {
  readonly node: ValueNode;
  readonly definition: DefinitionNode;
  /** Where it comes to exist: it can be used there and further in. */
  readonly scope: Scope;
}

declare const valueType: unique symbol;

/** An artifact in a pipeline: what a task made, or what the pipeline was given. */
export interface ArtifactValue<Title extends string = string> {
  readonly title: Title;
  readonly [internals]: ValueInternals;
}

/** A parameter in a pipeline: known when it runs. */
export interface ParameterValue<Kind extends ParameterKind = ParameterKind, Value = unknown> {
  readonly kind: Kind;
  readonly [valueType]?: Value;
  readonly [internals]: ValueInternals;
}

/** A parameter that a condition can compare. */
export interface ComparableValue<Kind extends ParameterKind, Value> extends ParameterValue<Kind, Value> {
  equals(other: Value | ParameterValue<Kind, Value>): Condition;
  notEquals(other: Value | ParameterValue<Kind, Value>): Condition;
  lessThan(other: Value | ParameterValue<Kind, Value>): Condition;
  atMost(other: Value | ParameterValue<Kind, Value>): Condition;
  greaterThan(other: Value | ParameterValue<Kind, Value>): Condition;
  atLeast(other: Value | ParameterValue<Kind, Value>): Condition;
}

/** A text that the pipeline may not have been given. */
export interface OptionalText extends ComparableValue<"string", string> {
  /** Whether the pipeline was given this input. A text that is absent is written as the empty one, which counts as absent. */
  isPresent(): Condition;
}

export function artifactValue(internal: ValueInternals, title: string): ArtifactValue {
  return Object.freeze(new Value({ title }, internal)) as unknown as ArtifactValue;
}

export function parameterValue(internal: ValueInternals, kind: ParameterKind): ParameterValue {
  return Object.freeze(new ComparableParameter(kind, internal)) as unknown as ParameterValue;
}

export function isValue(value: unknown): value is { readonly [internals]: ValueInternals } {
  return typeof value === "object" && value !== null && internals in value;
}

class Value {
  readonly [internals]: ValueInternals;

  constructor(shown: object, internal: ValueInternals) {
    Object.assign(this, shown);
    this[internals] = internal;
  }

  /** A template string would freeze text that is not known yet. */
  toString(): string {
    throw new SpecError(
      "unsupported",
      "this value is known only when the pipeline runs, so it cannot be made part of a text here.",
      {
        pipeline: this[internals].scope.trace.pipeline,
      },
    );
  }
}

class ComparableParameter extends Value {
  readonly kind: ParameterKind;

  constructor(kind: ParameterKind, internal: ValueInternals) {
    super({}, internal);
    this.kind = kind;
  }

  equals(other: unknown): Condition {
    return this.#compare("==", other);
  }

  notEquals(other: unknown): Condition {
    return this.#compare("!=", other);
  }

  lessThan(other: unknown): Condition {
    return this.#compare("<", other);
  }

  atMost(other: unknown): Condition {
    return this.#compare("<=", other);
  }

  greaterThan(other: unknown): Condition {
    return this.#compare(">", other);
  }

  atLeast(other: unknown): Condition {
    return this.#compare(">=", other);
  }

  isPresent(): Condition {
    const { node, scope } = this[internals];
    // An input that is not there fails a condition that reads it, so it gets a value that means absent.
    if (node.kind === "pipeline-input") scope.trace.emptyWhenAbsent.add(node.name);
    return this.notEquals("");
  }

  #compare(operator: Comparison, other: unknown): Condition {
    const left: OperandNode = { type: this.kind, value: this[internals].node };
    const values = isValue(other) ? [this[internals], other[internals]] : [this[internals]];
    return new Condition({ kind: "compare", operator, left, right: operand(other, this.kind) }, values);
  }
}

function operand(value: unknown, kind: ParameterKind): OperandNode {
  if (isValue(value)) {
    const { node, definition } = value[internals];
    return { type: definition.kind === "parameter" ? definition.type : kind, value: node };
  }
  const type = kind === "int" && !Number.isInteger(value) ? "double" : kind;
  return { type, value: { kind: "constant", value: value as string | number | boolean } };
}
