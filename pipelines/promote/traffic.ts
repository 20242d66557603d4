import type { TrafficSplit } from "./activities.ts";

/**
 * The split that gives `percent` to the candidate and shares the rest among those that served before,
 * in proportion to what they had (largest remainder), so that it always sums to 100.
 * On an endpoint where nothing served, the candidate can only have everything.
 *
 * @param percent whole percent for the candidate, 0 to 100.
 */
export function splitFor(before: TrafficSplit, candidate: string, percent: number): TrafficSplit {
  const others = Object.entries(before).filter(([id, share]) => id !== candidate && share > 0);
  const total = others.reduce((sum, [, share]) => sum + share, 0);
  if (total === 0) return percent === 0 ? {} : { [candidate]: 100 };

  const rest = 100 - percent;
  const shares = others.map(([id, share]) => {
    const exact = (share * rest) / total;
    return { id, whole: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  let left = rest - shares.reduce((sum, { whole }) => sum + whole, 0);
  const byRemainder = [...shares].sort((a, b) => b.remainder - a.remainder || a.id.localeCompare(b.id));
  for (const share of byRemainder) {
    if (left-- <= 0) break;
    share.whole++;
  }
  const split: Record<string, number> = percent > 0 ? { [candidate]: percent } : {};
  for (const { id, whole } of shares) if (whole > 0) split[id] = whole;
  return split;
}

/** Every split that Vertex accepts is empty or sums to 100. */
export function isValidSplit(split: TrafficSplit): boolean {
  const shares = Object.values(split);
  if (!shares.every((share) => Number.isInteger(share) && share >= 0 && share <= 100)) return false;
  return shares.length === 0 || shares.reduce((sum, share) => sum + share, 0) === 100;
}
