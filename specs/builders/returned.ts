import type { JsonValue, ReferenceNode } from "../nodes/index.ts";
import type { Mistake } from "./checks.ts";
import { mistake, type Scope } from "./scope.ts";
import type { AnyTask } from "./task-methods.ts";
import {
  type AnyValue,
  type ArtifactListValue,
  type ArtifactValue,
  type ComparableValue,
  type Conditional,
  internals,
  isValue,
  type ParameterValue,
  type ValueInternals,
} from "./values.ts";

/** What the body of a branch, loop or pipeline gives back, by name. A whole task gives all its outputs. */
export type Returned = Readonly<Record<string, AnyValue | Conditional>>;
// biome-ignore lint/suspicious/noConfusingVoidType: a body that gives nothing back may call anything last.
export type BodyResult = Returned | (AnyTask & { readonly outputs: Returned }) | void;

/** The values in what a body gives back. */
export type OutputsOf<Result> = Result extends AnyTask & { readonly outputs: infer Outputs }
  ? Outputs
  : Result extends Returned
    ? { readonly [Name in keyof Result]: Result[Name] }
    : Record<never, never>;

/** A value seen from outside a loop. */
export type CollectedValue<Value> =
  Value extends Conditional<infer Inner>
    ? CollectedValue<Inner>
    : Value extends ArtifactValue<infer Title> | ArtifactListValue<infer Title>
      ? ArtifactListValue<Title>
      : Value extends ParameterValue<infer _Kind, infer Inner>
        ? ParameterValue<"list", readonly Inner[]>
        : never;

export type CollectedValues<Outputs> = { readonly [Name in keyof Outputs]: CollectedValue<Outputs[Name]> };

export type ConditionalValues<Outputs> = {
  readonly [Name in keyof Outputs]: Outputs[Name] extends Conditional ? Outputs[Name] : Conditional<Outputs[Name]>;
};

/** What another branch has to give back: the same names, each of the same type. */
export type SameOutputs<Outputs, Other> = [keyof Outputs] extends [never]
  ? unknown
  : {
      readonly [Name in keyof Outputs]: Name extends keyof Other
        ? Same<Outputs[Name], Other[Name]> extends true
          ? Other[Name]
          : Mistake<`"${Name & string}" is of another type in the branch before.`>
        : Mistake<`The branch before gives "${Name & string}" back, so this one has to, too.`>;
    };

type Same<One, Other> =
  One extends ArtifactValue<infer Title>
    ? Other extends ArtifactValue<Title>
      ? true
      : false
    : One extends ArtifactListValue<infer Title>
      ? Other extends ArtifactListValue<Title>
        ? true
        : false
      : One extends ParameterValue<infer Kind, unknown>
        ? Other extends ParameterValue<Kind, unknown>
          ? true
          : false
        : false;

/** A literal item of a loop as a value. */
export type LiteralValue<Item> = Item extends string
  ? ComparableValue<"string", string>
  : Item extends number
    ? ComparableValue<never, number, "int" | "double">
    : Item extends boolean
      ? ComparableValue<"boolean", boolean>
      : Item extends readonly unknown[]
        ? ParameterValue<"list", Item>
        : Item extends Readonly<Record<string, JsonValue>>
          ? StructValue<Item>
          : ParameterValue;

/** A struct whose fields can be taken one by one. */
export interface StructValue<Fields> extends ParameterValue<"struct", Fields> {
  field<const Name extends keyof Fields & string>(name: Name): LiteralValue<Fields[Name]>;
}

/** The values as the builders see them. Throws `SpecError` on what is none. */
export function readReturned(result: unknown, scope: Scope, what: string): Readonly<Record<string, ValueInternals>> {
  if (typeof result !== "object" || result === null) return {};
  const outputs = "outputs" in result && typeof result.outputs === "object" ? (result.outputs ?? {}) : result;
  return Object.fromEntries(
    Object.entries(outputs).map(([output, value]) => {
      if (!isValue(value)) {
        const message = `${what} can give back outputs of tasks only, such as { model: trained.model }.`;
        throw mistake(scope, "invalid-value", message, { output });
      }
      return [output, value[internals]];
    }),
  );
}

/** A value that a task made, however it comes: pipeline inputs and items of loops need not be carried out of a group. */
export function madeByTask(
  node: ReferenceNode,
): node is Extract<ReferenceNode, { kind: "task-output" | "collected" | "one-of" }> {
  return node.kind === "task-output" || node.kind === "collected" || node.kind === "one-of";
}

export function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In, name: string) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
