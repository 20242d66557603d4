import { filled, mistake, wholeNumber } from "./checks.ts";
import type { SelectorConfig } from "./config.ts";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#set-based-requirement */
export type LabelRequirement =
  | { readonly key: string; readonly operator: "In" | "NotIn"; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: "Exists" | "DoesNotExist"; readonly values?: never };

/** As a label's, and for nodes also a number's: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators */
export type NodeRequirement =
  | LabelRequirement
  | { readonly key: string; readonly operator: "Gt" | "Lt"; readonly values: readonly [string] };

export function requirements(given: readonly NodeRequirement[], what: string): readonly SelectorConfig[] {
  return given.map(({ key, operator, values = [] }) => {
    if (values.length === 0 && (operator === "In" || operator === "NotIn")) {
      throw mistake(`${what} of ${JSON.stringify(key)}: ${operator} takes values.`);
    }
    return { key: filled(key, `${what}'s key`), operator, ...(values.length > 0 && { values }) };
  });
}

/** How much a preference counts, from 1 to 100. */
export function preference(weight: number): number {
  return wholeNumber(weight, "weight", { least: 1, most: 100 });
}
