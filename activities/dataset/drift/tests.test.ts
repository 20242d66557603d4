import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chiSquaredSurvival, kolmogorovSurvival } from "./distributions.ts";
import { chiSquared, holm, populationStability } from "./tests.ts";

// References by SciPy 1.17.1.
describe("as SciPy", () => {
  // scipy.stats.chi2.sf
  test.each([
    [0.5, 1, 0.47950012218695337],
    [3.84, 1, 0.05004352124870519],
    [10, 4, 0.04042768199451279],
    [25, 4, 5.0309817823062075e-5],
    [100, 50, 3.454931382984871e-5],
    [3, 50, 1.0],
    [700, 300, 5.267054393745422e-34],
    [1e-3, 2, 0.9995001249791693],
    [80, 3, 3.0692774861724164e-17],
  ])("χ² of %d with %d degrees of freedom", (value, degrees, expected) => {
    expect(chiSquaredSurvival(value, degrees) / expected).toBeCloseTo(1, 10);
  });

  // scipy.stats.ks_2samp(method="asymp"), whose formula for finite samples is another one.
  test.each([
    [0.11833333333333335, 120, 0.06386572804690055],
    [0.08950000000000002, 222.22222222222223, 0.05361180105095131],
    [0.09999999999999998, 600, 1.1239700624505063e-5],
    [0.021600000000000064, 2500, 0.19109941320703883],
    [0.13250000000000006, 95.23809523809524, 0.06479413107893216],
  ])("distance %d of %d", (distance, size, expected) => {
    expect(Math.abs(kolmogorovSurvival(distance, size) / expected - 1)).toBeLessThan(0.05);
  });

  // scipy.stats.chi2_contingency(correction=False), scipy.stats.contingency.association(method="cramer")
  test.each([
    [[10, 20, 30], [12, 25, 24], 1.3958712811171823, 0.49761149319922016, 0.10740636056688936],
    [[500, 300, 200], [520, 260, 250], 8.363332064217266, 0.015273040981869771, 0.06418619798624692],
    [[40, 60], [70, 30], 18.18181818181818, 2.0078656124264854e-5, 0.30151134457776363],
    [[900, 50, 50, 8], [800, 90, 60, 12], 17.955693664727278, 0.00044920183076348696, 0.0954702325965759],
  ])("%j and %j", (champion, data, statistic, pValue, effect) => {
    const counts = champion.map((count, index) => ({ name: `${index}`, champion: count, data: data[index] ?? 0 }));
    const found = chiSquared(counts);
    expect(found.statistic).toBeCloseTo(statistic, 9);
    expect(found.pValue / pValue).toBeCloseTo(1, 9);
    expect(found.effect).toBeCloseTo(effect, 12);
  });
});

test("Holm's steps", () => {
  expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

const counts = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 20 })
  .map((pairs) => pairs.map(([champion, data], index) => ({ name: `${index}`, champion, data })));

describe("whatever the counts", () => {
  test("the index is 0 of equal ones, never negative, and the same the other way round", () => {
    fc.assert(
      fc.property(counts, (any) => {
        expect(populationStability(any.map((count) => ({ ...count, data: count.champion })))).toBeCloseTo(0, 12);
        const swapped = any.map(({ name, champion, data }) => ({ name, champion: data, data: champion }));
        expect(populationStability(any)).toBeGreaterThanOrEqual(-1e-12);
        expect(populationStability(swapped)).toBeCloseTo(populationStability(any), 9);
      }),
    );
  });

  test("probabilities and effects are between 0 and 1, and order does not matter", () => {
    fc.assert(
      fc.property(counts, (any) => {
        const { pValue, effect, statistic } = chiSquared(any);
        expect(pValue).toBeGreaterThanOrEqual(0);
        expect(pValue).toBeLessThanOrEqual(1);
        expect(effect).toBeGreaterThanOrEqual(0);
        expect(effect).toBeLessThanOrEqual(1 + 1e-9);
        expect(chiSquared([...any].reverse()).statistic).toBeCloseTo(statistic, 6);
      }),
    );
  });
});
