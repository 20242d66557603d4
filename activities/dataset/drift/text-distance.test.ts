import { describe, expect, test } from "vitest";
import { type HashedText, textDistance } from "./text-distance.ts";

/** A text of words that stand at these places; the same numbers each time. */
function textsOf(count: number, words: number, seed: number): HashedText[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
  return Array.from({ length: count }, () => Uint32Array.from({ length: 8 }, () => Math.floor(next() * words)));
}

/** The unbiased estimate as it is defined: means over pairs of different texts. (Gretton et al. 2012, lemma 6) */
function discrepancy(champion: readonly HashedText[], data: readonly HashedText[]): number {
  const vector = (text: HashedText): Map<number, number> => {
    const counts = new Map<number, number>();
    for (const place of text) counts.set(place, (counts.get(place) ?? 0) + 1);
    return counts;
  };
  const dot = (left: Map<number, number>, right: Map<number, number>): number =>
    [...left].reduce((sum, [place, count]) => sum + count * (right.get(place) ?? 0), 0);
  const kernel = (left: Map<number, number>, right: Map<number, number>): number =>
    dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
  const [x, y] = [champion.map(vector), data.map(vector)];
  const pairs = (one: Map<number, number>[], other: Map<number, number>[]): number =>
    one.reduce(
      (sum, left, i) =>
        sum + other.reduce((inner, right, j) => (one === other && i === j ? inner : inner + kernel(left, right)), 0),
      0,
    );
  const [n, m] = [x.length, y.length];
  return pairs(x, x) / (n * (n - 1)) + pairs(y, y) / (m * (m - 1)) - (2 * pairs(x, y)) / (n * m);
}

describe("the distance of texts", () => {
  test.each([
    [30, 40, 50, 50],
    [25, 25, 30, 60],
    [10, 80, 200, 20],
  ])("of %i and %i texts is the unbiased estimate", (n, m, champions, datas) => {
    const [champion, data] = [textsOf(n, champions, 1), textsOf(m, datas, 2)];
    expect(textDistance(champion, data).statistic).toBeCloseTo(discrepancy(champion, data), 12);
  });

  test("of one distribution is seldom told to be two: about as often as the level says", () => {
    const trials = 60;
    const alarms = Array.from({ length: trials }, (_, trial) =>
      textDistance(textsOf(40, 60, 2 * trial + 1), textsOf(50, 60, 2 * trial + 1001)),
    ).filter(({ pValue }) => pValue <= 0.1).length;
    // Binomial: 6 are expected; more than 14 would come once in a thousand times.
    expect(alarms).toBeLessThanOrEqual(14);
  });

  test("of two distributions is found, with the least p-value that so many permutations can give, and an effect", () => {
    const far = textDistance(textsOf(100, 30, 1), textsOf(100, 90, 2));
    expect(far.pValue).toBe(0.001);
    expect(far.effect).toBeGreaterThan(0.01);
    expect(far.effect).toBeLessThanOrEqual(1);
  });

  test("needs two texts of each, and bears texts without words", () => {
    expect(textDistance([], textsOf(5, 9, 1))).toEqual({ statistic: 0, pValue: 1, effect: 0 });
    const empty = Array.from({ length: 5 }, () => new Uint32Array());
    expect(textDistance(empty, empty)).toEqual({ statistic: 0, pValue: 1, effect: 0 });
  });
});
