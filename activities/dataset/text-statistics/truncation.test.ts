import fc from "fast-check";
import { expect, test } from "vitest";
import type { TokenStatistics } from "../../../trainer/contract/generated/contract.ts";
import type { Counted } from "./lengths.ts";
import { lengthCounts, truncationAt } from "./truncation.ts";

const statistics = (lengths: readonly number[]): TokenStatistics => {
  const sorted = lengths.toSorted((left, right) => left - right);
  const counted: Counted[] = [...Map.groupBy(sorted, (value) => value)].map(([value, same]) => ({
    value,
    rows: same.length,
  }));
  return { splits: {}, labels: [], longer: [], sampled: lengths.length, trainLengths: lengthCounts(counted) };
};
const share = (lengths: readonly number[], limit: number): number =>
  lengths.filter((length) => length > limit).length / lengths.length;

test("the share of cut texts is exact up to 512 tokens, and at multiples of a range's width", () => {
  const limit = fc.oneof(
    fc.integer({ min: 1, max: 512 }),
    fc.integer({ min: 1, max: 32 }).map((times) => 512 * times),
    fc.constantFrom(768, 1000, 1536, 3072, 6144, 10_240),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1 }), limit, (lengths, maxLength) => {
      const exact = share(lengths, maxLength);
      expect(truncationAt(statistics(lengths), maxLength)).toEqual({ maxLength, atLeast: exact, atMost: exact });
    }),
  );
});

test("any other limit is answered within lengths that are less than 1/256 away", () => {
  const length = fc.integer({ min: 0, max: 40_000 });
  fc.assert(
    fc.property(fc.array(length, { minLength: 1 }), length, (lengths, maxLength) => {
      const { atLeast = 0, atMost = 0 } = truncationAt(statistics(lengths), maxLength) ?? {};
      expect(atLeast).toBeLessThanOrEqual(share(lengths, maxLength));
      expect(atMost).toBeGreaterThanOrEqual(share(lengths, maxLength));
      expect(atLeast).toBeGreaterThanOrEqual(share(lengths, maxLength * (1 + 1 / 256)));
      expect(atMost).toBeLessThanOrEqual(share(lengths, maxLength * (1 - 1 / 256)));
    }),
  );
});

test("texts of every length up to 131,072 take under 2,600 numbers a list", () => {
  const counted = Array.from({ length: 131_072 }, (_, index) => ({ value: index + 1, rows: 2 }));
  const { upTo, rows } = lengthCounts(counted);
  expect(upTo.length).toBeLessThan(2_600);
  expect(rows.reduce((sum, some) => sum + some, 0)).toBe(2 * 131_072);
  expect(upTo.at(-1)).toBe(131_072);
});

test("older statistics bound it, and none say nothing", () => {
  const { trainLengths: _, ...older } = statistics([1]);
  const longer = [
    { tokens: 64, share: 0.5 },
    { tokens: 128, share: 0.25 },
  ];
  expect(truncationAt({ ...older, longer }, 128)).toEqual({ maxLength: 128, atLeast: 0.25, atMost: 0.25 });
  expect(truncationAt({ ...older, longer }, 100)).toEqual({ maxLength: 100, atLeast: 0.25, atMost: 0.5 });
  expect(truncationAt({ ...older, longer }, 8)).toEqual({ maxLength: 8, atLeast: 0.5, atMost: 1 });
  expect(truncationAt(undefined, 128)).toBeNull();
  expect(truncationAt({ ...older, trainLengths: { upTo: [], rows: [] } }, 128)).toBeNull();
});
