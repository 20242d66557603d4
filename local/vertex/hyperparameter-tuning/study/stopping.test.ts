import fc from "fast-check";
import { expect, test } from "vitest";
import type { Curve } from "./curve.ts";
import { findStop, type StoppingRule } from "./stopping.ts";

/** A value at each step from 1. */
const curve = (...values: number[]): Curve => values.map((y, index) => ({ x: index + 1, y }));
/** Approaches `limit`, the nearer the faster it learns. */
const learning = (limit: number, steps: number, start = 0): Curve =>
  curve(...Array.from({ length: steps }, (_, step) => limit - (limit - start) * 0.6 ** (step + 1)));

test("the median rule compares the best so far with running averages up to the same step", () => {
  const completed = [curve(1, 3, 100), curve(2, 4), curve(5, 7)];
  // Their averages up to step 2 are 2, 3 and 6.
  expect(findStop({ kind: "median" }, curve(2.9, 1), completed)).toEqual({});
  expect(findStop({ kind: "median" }, curve(3, 1), completed)).toBeUndefined();
  expect(findStop({ kind: "median" }, curve(0), [])).toBeUndefined();
});

test("the decay curve rule stops what will hardly be the best, and not what may be", () => {
  const completed = [0.7, 0.75, 0.8, 0.85, 0.9].map((limit) => learning(limit, 20));
  const rule = { kind: "decay-curve" } as const;
  expect(findStop(rule, learning(0.3, 6), completed)).toEqual({});
  expect(findStop(rule, learning(0.95, 6), completed)).toBeUndefined();
  expect(findStop(rule, learning(0.3, 6), completed.slice(2))).toBeUndefined();
});

test("the convex rule waits for enough, and predicts the end of what it stops", () => {
  const completed = [0.7, 0.8, 0.9].map((limit) => learning(limit, 20));
  const rule = { kind: "convex", minMeasurements: 2 } as const;
  const stop = findStop(rule, learning(0.4, 8), completed);
  expect(stop?.predicted?.x).toBe(20);
  expect(stop?.predicted?.y).toBeCloseTo(0.4, 2);
  expect(findStop(rule, learning(0.95, 4), completed)).toBeUndefined();
  // Too few completed trials, too few steps, a flat curve.
  expect(findStop(rule, learning(0.4, 8), completed.slice(1))).toBeUndefined();
  expect(findStop({ ...rule, minX: 8 }, learning(0.4, 8), completed)).toBeUndefined();
  expect(findStop(rule, curve(0.1, 0.1, 0.1, 0.1), completed)).toBeUndefined();
});

test("no rule stops a trial that is the best so far", () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  const rules: StoppingRule[] = [{ kind: "median" }, { kind: "convex", minMeasurements: 1 }];
  fc.assert(
    fc.property(values, fc.array(values, { maxLength: 6 }), fc.constantFrom(...rules), (own, others, rule) => {
      const best = curve(...own, Math.max(...own, ...others.flat()));
      expect(
        findStop(
          rule,
          best,
          others.map((one) => curve(...one)),
        ),
      ).toBeUndefined();
    }),
  );
});
