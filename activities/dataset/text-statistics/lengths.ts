import type { Lengths } from "../../../trainer/contract/generated/contract.ts";

/** How often a length is there. */
export interface Counted {
  readonly value: number;
  readonly rows: number;
}

const quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const bins = 24;

/** What is worth knowing of lengths; `counted` in ascending order, every value once. */
export function describeLengths(counted: readonly Counted[]): Lengths {
  const rows = counted.reduce((sum, one) => sum + one.rows, 0);
  const total = counted.reduce((sum, one) => sum + one.rows * one.value, 0);
  return {
    rows,
    total,
    mean: rows === 0 ? 0 : total / rows,
    minimum: counted[0]?.value ?? 0,
    maximum: counted.at(-1)?.value ?? 0,
    quantiles: Object.fromEntries(quantiles.map((share) => [String(share), quantile(counted, rows, share)])),
    histogram: histogram(counted, rows),
  };
}

/** Share of the rows whose length is more than `limit`. */
export function shareLonger(counted: readonly Counted[], limit: number): number {
  const rows = counted.reduce((sum, one) => sum + one.rows, 0);
  const longer = counted.reduce((sum, { value, rows: some }) => sum + (value > limit ? some : 0), 0);
  return rows === 0 ? 0 : longer / rows;
}

/** The least length that this share of the rows does not exceed. */
function quantile(counted: readonly Counted[], rows: number, share: number): number {
  let before = 0;
  for (const one of counted) {
    before += one.rows;
    if (before >= share * rows) return one.value;
  }
  return 0;
}

/** Bins as wide as one another up to where nearly all rows are; the last one has the rest. */
function histogram(counted: readonly Counted[], rows: number): Lengths["histogram"] {
  const first = counted[0]?.value ?? 0;
  const last = counted.at(-1)?.value ?? 0;
  const width = Math.max(1, Math.ceil((quantile(counted, rows, 0.99) - first + 1) / bins));
  const edges: number[] = [first];
  while (edges.length < bins && (edges.at(-1) ?? 0) + width <= last) edges.push((edges.at(-1) ?? 0) + width);
  const counts = edges.map(() => 0);
  for (const { value, rows: some } of counted) {
    const bin = Math.min(edges.length - 1, Math.floor((value - first) / width));
    counts[bin] = (counts[bin] ?? 0) + some;
  }
  return { edges: [...edges, last + 1], counts };
}
