import { chiSquaredSurvival } from "./distributions.ts";

/** How often each of two samples has something. */
export interface Count {
  readonly name: string;
  readonly champion: number;
  readonly data: number;
}

/** Below this expected count, a category is tested together with the other rare ones. (Cochran 1954) */
const leastExpected = 5;

/**
 * Pearson's χ² test that two samples are of one distribution. The effect is Cramér's V: 0 to 1, whatever the sizes.
 */
export function chiSquared(counts: readonly Count[]): { statistic: number; pValue: number; effect: number } {
  const table = withoutRare(counts);
  const champion = sum(table, (count) => count.champion);
  const data = sum(table, (count) => count.data);
  const total = champion + data;
  if (table.length < 2 || champion === 0 || data === 0) return { statistic: 0, pValue: 1, effect: 0 };
  const statistic = sum(table, (count) => {
    const both = count.champion + count.data;
    const expected = { champion: (both * champion) / total, data: (both * data) / total };
    return (
      (count.champion - expected.champion) ** 2 / expected.champion + (count.data - expected.data) ** 2 / expected.data
    );
  });
  return {
    statistic,
    pValue: chiSquaredSurvival(statistic, table.length - 1),
    effect: Math.sqrt(statistic / total),
  };
}

/**
 * The population stability index: Σ (p − q) · ln(p / q). Half a row is added to each bin, so that one that only one
 * sample has counts much, not infinitely.
 */
export function populationStability(counts: readonly Count[]): number {
  const added = 0.5;
  const champion = sum(counts, (count) => count.champion + added);
  const data = sum(counts, (count) => count.data + added);
  return sum(counts, (count) => {
    const before = (count.champion + added) / champion;
    const now = (count.data + added) / data;
    return (now - before) * Math.log(now / before);
  });
}

/**
 * p-values of several tests, so that the chance of one false alarm in all of them stays below the level.
 * (Holm 1979) https://en.wikipedia.org/wiki/Holm%E2%80%93Bonferroni_method
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((left, right) => (pValues[left] ?? 0) - (pValues[right] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues[index] ?? 1) * (pValues.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}

function withoutRare(counts: readonly Count[]): Count[] {
  const champion = sum(counts, (count) => count.champion);
  const data = sum(counts, (count) => count.data);
  const isRare = (count: Count): boolean =>
    ((count.champion + count.data) * Math.min(champion, data)) / (champion + data) < leastExpected;
  const rare = counts.filter((count) => isRare(count) && count.champion + count.data > 0);
  const common = counts.filter((count) => !isRare(count));
  if (rare.length === 0) return common;
  const rest = { name: "", champion: sum(rare, (count) => count.champion), data: sum(rare, (count) => count.data) };
  return [...common, rest];
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
