import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../wire/json.ts";
import { averaged, sampledShapley } from "./shapley.ts";

const number = fc.double({ min: -100, max: 100, noNaN: true });
const sum = (json: unknown): number =>
  typeof json === "number" ? json : Object.values(json as object).reduce((total: number, one) => total + sum(one), 0);

test("attributions add up to what the output is above that of the baseline", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ a: number, b: fc.array(number, { minLength: 2, maxLength: 2 }) }),
      fc.record({ a: number, b: fc.array(number, { minLength: 2, maxLength: 2 }) }),
      fc.integer({ min: 1, max: 10 }),
      async (instance, baseline, pathCount) => {
        const model = ({ a, b }: typeof instance) => a * (b[0] ?? 0) + Math.sin(b[1] ?? 0);
        const found = await sampledShapley({
          ...{ instance, baseline, pathCount, random: Math.random },
          ask: async (all) => all.map((one) => model(one as unknown as typeof instance)),
        });
        expect(found.instanceOutput).toBeCloseTo(model(instance), 6);
        expect(found.baselineOutput).toBeCloseTo(model(baseline), 6);
        expect(sum(found.features)).toBeCloseTo(model(instance) - model(baseline), 4);
      },
    ),
  ));

test("of a sum, each feature's attribution is its own part, exactly, in the feature's shape", async () => {
  const ask = async (all: readonly JsonObject[]) => all.map(sum);
  const instance = { x: 3, list: [1, 2], nested: { y: 5 } };
  const options = { instance, pathCount: 3, ask, random: Math.random };
  const zero = await sampledShapley({ ...options, baseline: { x: 0, list: [0, 0], nested: { y: 0 } } });
  expect(zero).toEqual({ features: instance, baselineOutput: 0, instanceOutput: 11, error: 0 });
  const one = await sampledShapley({ ...options, baseline: { x: 1, list: [1, 1], nested: { y: 1 } } });
  expect(averaged([zero, one])).toMatchObject({
    features: { x: 2.5, list: [0.5, 1.5], nested: { y: 4.5 } },
    baselineOutput: 2,
  });
});
