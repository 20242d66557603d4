import type { Input, Reference, Type } from "./model.ts";
import { canBePassedIntoGroup } from "./python-mistakes.ts";

export interface Value {
  readonly reference: Reference;
  readonly type: Type;
  /** Whether it may have no value. */
  readonly optional?: boolean;
  /** Whether a loop around runs over it. */
  readonly isLoopedOver?: boolean;
  /** Of an item of a loop, and its fields. */
  readonly item?: {
    readonly isLiteral: boolean;
    /** Whether its type is known. */
    readonly isTyped: boolean;
    /** Whether the loop runs over an item of another. */
    readonly isOfItem: boolean;
    /** What the loop stands in: the pipeline itself, other loops, or among others a branch or an exit handler. */
    readonly around: Around;
    /** Whether it is used in a group inside its loop. */
    readonly isFurtherIn?: true;
  };
}

export type Around = "pipeline" | "loop" | "group";

/** What can be used in a body, and what its steps make. */
export class Scope {
  readonly around: Around;
  readonly #values: Value[];
  readonly #waitable: number[];
  /** What steps of this very body make: those of branches and loops in it as these give it. */
  readonly made: Value[] = [];
  /** What a branch in this body makes, which may not run. */
  readonly conditional: Value[] = [];
  /** What can be waited for, of this body. */
  readonly steps: number[] = [];

  private constructor(around: Around, values: readonly Value[], waitable: readonly number[]) {
    this.around = around;
    this.#values = [...values];
    this.#waitable = [...waitable];
  }

  static of(inputs: readonly Input[]): Scope {
    const values = inputs.flatMap(({ name, type, optional, default: preset }): Value[] =>
      type.kind === "final-status"
        ? []
        : [{ reference: { kind: "input", name }, type, ...(optional && preset === undefined && { optional }) }],
    );
    return new Scope("pipeline", values, []);
  }

  child(of: "loop" | "group"): Scope {
    const around = this.around === "group" ? "group" : of;
    return new Scope(around, this.#values.filter(canBePassedIntoGroup).map(furtherIn), this.#waitable);
  }

  /** With some of the values only. */
  where(isThere: (value: Value) => boolean): Scope {
    return new Scope(this.around, this.#values.filter(isThere), this.#waitable);
  }

  /** In the body of a loop over it. */
  setLoopedOver({ reference }: Value): void {
    const index = this.#values.findIndex((value) => value.reference === reference);
    const found = this.#values[index];
    if (found !== undefined) this.#values[index] = { ...found, isLoopedOver: true };
  }

  add(value: Value): void {
    this.#values.push(value);
  }

  addMade(value: Value): void {
    this.add(value);
    this.made.push(value);
  }

  addConditional(value: Value): void {
    this.conditional.push(value);
  }

  addStep(id: number): void {
    this.addSteps([id]);
  }

  addSteps(ids: readonly number[]): void {
    this.#waitable.push(...ids);
    this.steps.push(...ids);
  }

  get values(): readonly Value[] {
    return this.#values;
  }

  get waitable(): readonly number[] {
    return this.#waitable;
  }
}

function furtherIn(value: Value): Value {
  return value.item === undefined ? value : { ...value, item: { ...value.item, isFurtherIn: true } };
}

export function isSameType(one: Type, other: Type): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What a loop collects says what it holds; in Python, a pipeline that gives it back says so in its annotation. */
export function listOf(type: Type): Type {
  return type.kind === "artifact" ? { ...type, list: true } : { kind: "parameter", type: "list", of: type };
}
