import { isValue, type ParameterValue } from "../builders/values.ts";
import type { KubernetesOption } from "../nodes/index.ts";
import { mistake } from "./checks.ts";
import { appending, defined } from "./option.ts";
import { parameter } from "./parameter.ts";

/**
 * A taint of nodes with which the task puts up.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export type Toleration = Tolerated & Effect;

type Tolerated =
  /** The taint with this key and value; the empty value when left out. */
  | { readonly key: string; readonly operator?: "Equal"; readonly value?: string }
  /** The taint with this key, whatever its value; every taint when the key is left out. */
  | { readonly key?: string; readonly operator: "Exists"; readonly value?: never };

type Effect =
  /** Every effect when left out. */
  | { readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute"; readonly tolerationSeconds?: never }
  /** How long the task stays once the taint has come; for ever when left out. */
  | { readonly effect: "NoExecute"; readonly tolerationSeconds: number };

/**
 * Lets the task run on nodes with a taint. Several such options add up.
 *
 * ```ts
 * train({ data }).kubernetes(toleration({ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }));
 * ```
 */
export function toleration(options: Toleration): KubernetesOption {
  return appending("tolerations", entry(options));
}

/**
 * The same, from a struct or a list of structs that may be known only at run time. It adds up too.
 *
 * At run time a struct has the fields of Kubernetes' `Toleration`.
 */
export function tolerationJson(
  tolerations: Toleration | readonly Toleration[] | ParameterValue<"struct"> | ParameterValue<"list">,
): KubernetesOption {
  if (isValue(tolerations)) {
    return appending("tolerations", { tolerationJson: parameter(tolerations) });
  }
  const several: readonly Toleration[] = Array.isArray(tolerations) ? tolerations : [tolerations];
  return appending("tolerations", ...several.map(entry));
}

function entry({ key, operator, value, effect, tolerationSeconds }: Toleration) {
  if (tolerationSeconds !== undefined && !Number.isSafeInteger(tolerationSeconds)) {
    throw mistake(`tolerationSeconds is a whole number, not ${tolerationSeconds}.`);
  }
  return defined({
    key: key || undefined,
    operator,
    value: value || undefined,
    effect,
    tolerationSeconds: tolerationSeconds === undefined ? undefined : String(tolerationSeconds),
  });
}
