import { expect, test } from "vitest";
import { checkBudget, chipsOf, priceOf, readPrices } from "./prices.ts";

const prices = { asOf: "2026-01-01", tpus: { v5e: { "on-demand": 1.2 } }, machines: { m: { spot: 3 } } };

test("a price is of all chips of a topology, or of a machine", () => {
  expect(chipsOf("4x4")).toBe(16);
  expect(priceOf(prices, { tpu: "v5e", topology: "2x4", strategy: "on-demand" })).toEqual({
    usdPerHour: 9.6,
    asOf: "2026-01-01",
  });
  expect(priceOf(prices, { machine: "m", strategy: "spot" })?.usdPerHour).toBe(3);
  expect(priceOf(prices, { tpu: "v5e", topology: "2x4", strategy: "spot" })).toBeNull();
});

test("a budget must pay for more than the start-up, and needs a price", () => {
  const price = { usdPerHour: 6, asOf: "2026-01-01" };
  expect(checkBudget(undefined, null, "x")).toEqual([]);
  expect(checkBudget(1, price, "x")).toEqual([]);
  expect(checkBudget(0.5, price, "x")).toMatchObject([{ code: "BudgetTooSmall" }]);
  expect(checkBudget(1, null, "x")).toMatchObject([{ code: "PriceUnknown" }]);
});

test("the file of prices has every TPU that a recipe may name", async () => {
  const { tpus, asOf } = await readPrices();
  expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const generation of ["v5e", "v6e"]) {
    for (const strategy of ["on-demand", "spot"]) expect(tpus[generation]?.[strategy]).toBeGreaterThan(0);
  }
});
