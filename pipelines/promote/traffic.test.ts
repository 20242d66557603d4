import fc from "fast-check";
import { expect, it } from "vitest";
import { isValidSplit, splitFor } from "./traffic.ts";

const before = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }).map((weights) => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => Math.floor((weight * 100) / total));
  if (shares.length > 0) shares[0] = 100 - shares.slice(1).reduce((sum, share) => sum + share, 0);
  return Object.fromEntries(shares.map((share, index) => [`m${index}`, share]));
});

it("whatever served before, every split is empty or sums to 100, and the candidate has its share", () => {
  fc.assert(
    fc.property(before, fc.integer({ min: 0, max: 100 }), (split, percent) => {
      const next = splitFor(split, "candidate", percent);
      expect(isValidSplit(next)).toBe(true);
      if (Object.keys(split).length > 0) expect(next["candidate"] ?? 0).toBe(percent);
    }),
  );
});

it("never takes from one server to give to another", () => {
  expect(splitFor({ a: 50, b: 50 }, "c", 10)).toEqual({ c: 10, a: 45, b: 45 });
  expect(splitFor({ a: 100 }, "c", 100)).toEqual({ c: 100 });
});

it("an endpoint on which nothing serves goes from empty to all", () => {
  expect(splitFor({}, "c", 0)).toEqual({});
  expect(splitFor({}, "c", 10)).toEqual({ c: 100 });
});
