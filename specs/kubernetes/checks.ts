import { SpecError } from "../error.ts";
import { here } from "../origin.ts";

/** A text that must say something. */
export function filled(text: string, what: string): string {
  if (text.trim() === "") throw mistake(`${what} is empty.`);
  return text;
}

/** At least one entry. */
export function someOf<Entries extends object>(entries: Entries, what: string): Entries {
  if (Object.keys(entries).length === 0) throw mistake(`${what} is empty: name at least one.`);
  return entries;
}

export function wholeNumber(value: number, what: string, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw mistake(
    `${what} is a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}, not ${value}.`,
  );
}

/**
 * A quantity such as `500Mi`, `10G` or `0.5Ti`.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(text: string, what: string): string {
  if (/^[0-9]+(\.[0-9]+)?([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/.test(text)) return text;
  throw mistake(`${what} is a quantity such as 500Mi or 10Gi, not ${JSON.stringify(text)}.`);
}

export function mistake(message: string): SpecError {
  return new SpecError("invalid-value", `A Kubernetes option is wrong: ${message}`, {}, here());
}
