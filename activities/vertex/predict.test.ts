import { expect, test } from "vitest";
import { flawOf, p95 } from "./predict.ts";

const labels = new Set(["a", "b"]);

test.each([
  [{ label: "a", score: 0.7 }, false],
  [{ label: "c", score: 0.7 }, true],
  [{ label: "a", score: 1.2 }, true],
  [{ label: "a", score: Number.NaN }, true],
  [{ score: 0.7 }, true],
  ["a", true],
  [undefined, true],
])("flawOf(%j) finds one: %s", (prediction, flawed) => {
  expect(flawOf(prediction, labels) !== null).toBe(flawed);
});

test("p95 is the nearest rank", () => {
  expect(p95([])).toBe(0);
  expect(p95([5])).toBe(5);
  expect(p95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
});
