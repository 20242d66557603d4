import { closest } from "fastest-levenshtein";

export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / Math.max(numbers.length, 1);

/** The name that is meant by one that may be misspelled. */
export function meant(name: string, names: readonly string[]): string {
  return closest(name, [...names]);
}
