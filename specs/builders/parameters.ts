import type { JsonValue, ParameterDefinitionNode, ParameterKind } from "../nodes/index.ts";

/** Whether a value is always there: given by the caller, or by a default, or perhaps not at all. */
export type Presence = "required" | "defaulted" | "optional";

declare const valueType: unique symbol;
declare const presenceType: unique symbol;

/** A parameter that a component or pipeline takes or gives, as `string()`, `int()` and the others make it. */
export interface ParameterDefinition<
  Kind extends ParameterKind = ParameterKind,
  Value = unknown,
  Given extends Presence = Presence,
> extends ParameterDefinitionNode {
  readonly type: Kind;
  readonly [valueType]?: Value;
  readonly [presenceType]?: Given;
}

export interface Described {
  readonly description?: string;
}

interface ParameterFactory<Kind extends ParameterKind, Value> {
  /** With a default, the caller may leave it out. */
  (options: Described & { readonly default: Value }): ParameterDefinition<Kind, Value, "defaulted">;
  /** The caller may leave it out, and then it has no value. */
  (options: Described & { readonly optional: true }): ParameterDefinition<Kind, Value, "optional">;
  (options?: Described): ParameterDefinition<Kind, Value, "required">;
}

/** A text. */
export const string: ParameterFactory<"string", string> = factory("string");
/** A whole number. */
export const int: ParameterFactory<"int", number> = factory("int");
/** A number. */
export const double: ParameterFactory<"double", number> = factory("double");
/** True or false. */
export const boolean: ParameterFactory<"boolean", boolean> = factory("boolean");

/** A list of JSON values; `list<string>()` says of which. */
export function list<Item = JsonValue>(
  options: Described & { readonly default: readonly Item[] },
): ParameterDefinition<"list", readonly Item[], "defaulted">;
export function list<Item = JsonValue>(
  options: Described & { readonly optional: true },
): ParameterDefinition<"list", readonly Item[], "optional">;
export function list<Item = JsonValue>(options?: Described): ParameterDefinition<"list", readonly Item[], "required">;
export function list(options: Options = {}): ParameterDefinitionNode {
  return define("list", options);
}

/** A JSON object; `struct<{ epochs: number }>()` says of which shape. */
export function struct<Fields extends object = { readonly [field: string]: JsonValue }>(
  options: Described & { readonly default: Fields },
): ParameterDefinition<"struct", Fields, "defaulted">;
export function struct<Fields extends object = { readonly [field: string]: JsonValue }>(
  options: Described & { readonly optional: true },
): ParameterDefinition<"struct", Fields, "optional">;
export function struct<Fields extends object = { readonly [field: string]: JsonValue }>(
  options?: Described,
): ParameterDefinition<"struct", Fields, "required">;
export function struct(options: Options = {}): ParameterDefinitionNode {
  return define("struct", options);
}

interface Options extends Described {
  readonly default?: unknown;
  readonly optional?: boolean;
}

function factory(type: ParameterKind): (options?: Options) => never {
  return (options = {}) => define(type, options) as never;
}

function define(type: ParameterKind, options: Options): ParameterDefinitionNode {
  return Object.freeze({
    kind: "parameter",
    type,
    optional: options.optional === true || options.default !== undefined,
    ...(options.default !== undefined && { default: options.default as JsonValue }),
    ...(options.description !== undefined && { description: options.description }),
  });
}
