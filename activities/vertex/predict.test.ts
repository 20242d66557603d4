import { expect, test } from "vitest";
import { p95 } from "./predict.ts";

test("p95 is the nearest rank", () => {
  expect(p95([])).toBe(0);
  expect(p95([5])).toBe(5);
  expect(p95(Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(95);
});
