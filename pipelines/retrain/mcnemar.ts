import type { PairedTable } from "./evaluation.ts";

/**
 * Exact two-sided McNemar test: were the rows that only one of the two models got right
 * shared out more unevenly than a fair coin would?
 * McNemar, Psychometrika 12 (1947), https://doi.org/10.1007/BF02295996; the exact form is the binomial test.
 *
 * @returns the p-value; 1 where the models differ on no row.
 */
export function mcnemar(table: PairedTable): number {
  const discordant = table.onlyCandidateRight + table.onlyChampionRight;
  const fewer = Math.min(table.onlyCandidateRight, table.onlyChampionRight);
  // Terms of the binomial distribution as logarithms: 2^-n underflows from n = 1,075 on.
  let term = -discordant * Math.LN2;
  let tail = 0;
  for (let successes = 0; successes <= fewer; successes++) {
    tail += Math.exp(term);
    term += Math.log(discordant - successes) - Math.log(successes + 1);
  }
  return Math.min(1, 2 * tail);
}

/**
 * Holm's correction: the p-values of several tests, adjusted so that each may be held against the same level.
 * Holm, Scandinavian Journal of Statistics 6 (1979), https://www.jstor.org/stable/4615733.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((left, right) => left.p - right.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
