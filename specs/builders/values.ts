import { SpecError } from "../error.ts";
import {
  type Comparison,
  type DefinitionNode,
  looseMarker,
  type OperandNode,
  type ParameterDefinitionNode,
  type ParameterKind,
  type ReferenceNode,
} from "../nodes/index.ts";
import { here } from "../origin.ts";
import { Condition } from "./conditions.ts";
import type { Scope } from "./scope.ts";

/** What only the builders see of a value. */
export const internals: unique symbol = Symbol("internals");

export interface ValueInternals {
  readonly node: ReferenceNode;
  readonly definition: DefinitionNode;
  /** Where it comes to exist: it can be used there and further in. */
  readonly scope: Scope;
  /** Whether it may not exist. */
  readonly conditional?: true;
  /** What a pipeline says of it that gives it back. */
  readonly description?: string;
}

declare const valueType: unique symbol;

/** An artifact in a pipeline: what a task made, or what the pipeline was given. */
export interface ArtifactValue<Title extends string = string> {
  readonly title: Title;
  readonly list: false;
  readonly [internals]: ValueInternals;
}

/** Any number of artifacts. */
export interface ArtifactListValue<Title extends string = string> {
  readonly title: Title;
  readonly list: true;
  readonly [internals]: ValueInternals;
}

/** A parameter in a pipeline: known when it runs. In a template string, it stands for its text. */
export interface ParameterValue<Kind extends ParameterKind = ParameterKind, Value = unknown> {
  readonly kind: Kind;
  readonly [valueType]?: Value;
  readonly [internals]: ValueInternals;
}

/** A parameter that a condition can compare, with one of its own kind or of `Other`. */
export interface ComparableValue<Kind extends ParameterKind, Value, Other extends ParameterKind = Comparable<Kind>>
  extends ParameterValue<Kind, Value> {
  equals(other: Value | ParameterValue<Other, Value>): Condition;
  notEquals(other: Value | ParameterValue<Other, Value>): Condition;
  lessThan(other: Value | ParameterValue<Other, Value>): Condition;
  atMost(other: Value | ParameterValue<Other, Value>): Condition;
  greaterThan(other: Value | ParameterValue<Other, Value>): Condition;
  atLeast(other: Value | ParameterValue<Other, Value>): Condition;
}

/** Numbers of both kinds compare with each other. */
type Comparable<Kind extends ParameterKind> = Kind extends "int" | "double" ? "int" | "double" : Kind;

/** A text that the pipeline may not have been given. */
export interface OptionalText extends ComparableValue<"string", string> {
  /** Whether the pipeline was given this input. A text that is absent is written as the empty one, which counts as absent. */
  isPresent(): Condition;
}

/** What may not exist: a value of a branch, seen from outside. A loop's body can return it, to be collected. */
export interface Conditional<Value = unknown> {
  readonly conditional: Value;
  readonly [internals]: ValueInternals;
}

/** A value of any kind. */
export type AnyValue = ArtifactValue | ArtifactListValue | ParameterValue;

/** The value as its author holds it. */
export function toValue(internal: ValueInternals): AnyValue {
  const { definition } = internal;
  const value = Object.freeze(
    definition.kind === "parameter"
      ? new Parameter(definition.type, internal)
      : new Artifacts(definition.schemaTitle, definition.list, internal),
  );
  return value as unknown as AnyValue;
}

/** A value where nothing says that it exists. */
export function conditionalOf(internal: ValueInternals): Conditional {
  return Object.freeze({ conditional: undefined, [internals]: { ...internal, conditional: true as const } });
}

export function isValue(value: unknown): value is { readonly [internals]: ValueInternals } {
  return typeof value === "object" && value !== null && internals in value;
}

abstract class Value {
  readonly [internals]: ValueInternals;

  constructor(internal: ValueInternals) {
    this[internals] = internal;
  }

  abstract toString(): string;
}

class Artifacts extends Value {
  readonly title: string;
  readonly list: boolean;

  constructor(title: string, list: boolean, internal: ValueInternals) {
    super(internal);
    this.title = title;
    this.list = list;
  }

  override toString(): string {
    const { pipeline } = this[internals].scope.trace;
    throw new SpecError("unsupported", "an artifact is no text: give it to an input.", { pipeline }, here());
  }
}

class Parameter extends Value {
  readonly kind: ParameterKind;

  constructor(kind: ParameterKind, internal: ValueInternals) {
    super(internal);
    this.kind = kind;
  }

  /** In a text, a mark of this value, which the task that is given the text resolves. */
  override toString(): string {
    const { trace } = this[internals].scope;
    const index = trace.inTexts.push(this[internals]) - 1;
    return looseMarker(trace.serial, index);
  }

  field(name: string): AnyValue {
    const { node, definition, scope } = this[internals];
    const { pipeline } = scope.trace;
    if (node.kind !== "loop-item") {
      throw new SpecError("unsupported", "only a loop's item has fields.", { pipeline }, here());
    }
    if (!/^[a-zA-Z_][0-9a-zA-Z_]*$/.test(name)) {
      throw new SpecError(
        "invalid-name",
        `a field's name has letters, digits and _, not ${name}.`,
        { pipeline },
        here(),
      );
    }
    const { fields } = definition as ParameterDefinitionNode;
    return toValue({
      node: Object.freeze({ kind: "item-field", item: node, field: name }),
      definition: fields ?? { kind: "parameter", type: "string", optional: false },
      scope,
    });
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
  return { type: kindOf(value, kind), value: { kind: "constant", value: value as string | number | boolean } };
}

function kindOf(value: unknown, kind: ParameterKind): ParameterKind {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "boolean";
  return kind === "double" || !Number.isInteger(value) ? "double" : "int";
}
