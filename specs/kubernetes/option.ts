import { hasMarker, type KubernetesNode, type KubernetesOption, type RunTimeValueNode } from "../nodes/index.ts";
import { mistake } from "./checks.ts";
import type { Config, Entry, ListField } from "./config.ts";

/** An option that makes of a task's config so far the one that the author wants. */
export function option(change: (config: Config) => Config): KubernetesOption {
  return Object.freeze({
    kind: "kubernetes-option",
    apply: (config: KubernetesNode) => settled(change(config as Config)) as KubernetesNode,
  });
}

/** An option of which a task can have several: it comes after those that the task has. */
export function appending<Field extends ListField>(
  field: Field,
  ...entries: readonly Entry<Field>[]
): KubernetesOption {
  return option((config) => ({ ...config, [field]: [...(config[field] ?? []), ...entries] }));
}

/** The fields that have a value. */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<Fields>;
}

type Defined<Fields> = {
  [Field in keyof Fields as undefined extends Fields[Field] ? never : Field]: Fields[Field];
} & {
  [Field in keyof Fields as undefined extends Fields[Field] ? Field : never]?: Exclude<Fields[Field], undefined>;
};

/** A copy that nothing can change, in which no text is known only at run time. */
export function settled<Value extends object>(value: Value): Value {
  if (isMarked(value)) {
    throw mistake("a value that is known only when the pipeline runs can be a whole name, but no part of a text.");
  }
  return frozenCopy(value);
}

function isMarked(value: unknown): boolean {
  if (typeof value === "string") return hasMarker(value);
  return typeof value === "object" && value !== null && Object.values(value).some(isMarked);
}

function frozenCopy<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as Value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    // The emitter knows a reference again by its identity.
    key === "value" && isRunTimeValue(value) ? inner : frozenCopy(inner),
  ]);
  return Object.freeze(Object.fromEntries(entries)) as Value;
}

function isRunTimeValue(value: object): value is RunTimeValueNode {
  return (value as Partial<RunTimeValueNode>).kind === "run-time-value";
}
