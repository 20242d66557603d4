import type { KubernetesNode, KubernetesOption } from "../nodes/index.ts";
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
export function settled<Value>(value: Value): Value {
  if (typeof value === "string" && value.includes("\u0000")) {
    throw mistake("a value that is known only when the pipeline runs can be a whole name, but no part of a text.");
  }
  if (Array.isArray(value)) return Object.freeze(value.map(settled)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settled(inner)]))) as Value;
}
