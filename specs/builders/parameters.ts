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

/**
 * A list of JSON values. `list<string>()` tells the compiler what it holds; `list({ items: int() })` tells Vertex, too,
 * which takes the items that a loop hands out for texts otherwise.
 */
export function list<Item>(
  options: Described & { readonly items: ParameterDefinition<ParameterKind, Item>; readonly default: readonly Item[] },
): ParameterDefinition<"list", readonly Item[], "defaulted">;
export function list<Item>(
  options: Described & { readonly items: ParameterDefinition<ParameterKind, Item>; readonly optional: true },
): ParameterDefinition<"list", readonly Item[], "optional">;
export function list<Item>(
  options: Described & { readonly items: ParameterDefinition<ParameterKind, Item> },
): ParameterDefinition<"list", readonly Item[], "required">;
export function list<Item = JsonValue>(
  options: Described & { readonly default: readonly Item[] },
): ParameterDefinition<"list", readonly ([Item] extends [never] ? JsonValue : Item)[], "defaulted">;
export function list<Item = JsonValue>(
  options: Described & { readonly optional: true },
): ParameterDefinition<"list", readonly Item[], "optional">;
export function list<Item = JsonValue>(options?: Described): ParameterDefinition<"list", readonly Item[], "required">;
export function list(options: Options = {}): ParameterDefinitionNode {
  return define("list", options);
}

/**
 * A JSON object. `struct<{ epochs: number }>()` tells the compiler its shape; `struct({ fields: int() })` tells
 * Vertex, too, what every field is.
 */
export function struct<Field>(
  options: Described & {
    readonly fields: ParameterDefinition<ParameterKind, Field>;
    readonly default: { readonly [field: string]: Field };
  },
): ParameterDefinition<"struct", { readonly [field: string]: Field }, "defaulted">;
export function struct<Field>(
  options: Described & { readonly fields: ParameterDefinition<ParameterKind, Field> },
): ParameterDefinition<"struct", { readonly [field: string]: Field }, "required">;
export function struct<Fields extends object = AnyFields>(
  options: Described & { readonly default: Fields },
): ParameterDefinition<"struct", [keyof Fields] extends [never] ? AnyFields : Fields, "defaulted">;
export function struct<Fields extends object = AnyFields>(
  options: Described & { readonly optional: true },
): ParameterDefinition<"struct", Fields, "optional">;
export function struct<Fields extends object = AnyFields>(
  options?: Described,
): ParameterDefinition<"struct", Fields, "required">;
export function struct(options: Options = {}): ParameterDefinitionNode {
  return define("struct", options);
}

/** What became of the steps before: for the task of an exit handler, or one that ignores failures. Nobody gives it. */
export function taskFinalStatus(options: Described = {}): ParameterDefinition<"task-final-status", never, "optional"> {
  return define("task-final-status", { ...options, optional: true }) as never;
}

/** The settings that the task was given, as open-source Kubeflow Pipelines hands them to it. Nobody gives it. */
export function taskConfig(options: Described = {}): ParameterDefinition<"task-config", never, "optional"> {
  return define("task-config", { ...options, optional: true }) as never;
}

/** A JSON object of which nothing is known. */
interface AnyFields {
  readonly [field: string]: JsonValue;
}

interface Options extends Described {
  readonly default?: unknown;
  readonly items?: ParameterDefinitionNode;
  readonly fields?: ParameterDefinitionNode;
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
    ...(options.items !== undefined && { items: options.items }),
    ...(options.fields !== undefined && { fields: options.fields }),
    ...(options.description !== undefined && { description: options.description }),
  });
}
