import { expect, test } from "vitest";
import type { PreflightReport, PreflightResult } from "../../trainer/contract/generated/contract.ts";
import { parsePreflightReport, predict, problemsOf } from "./prediction.ts";
import { checkBudget } from "./prices.ts";
import { rank } from "./ranking.ts";

const prices = {
  asOf: "2026-01-01",
  tpus: { v5e: { "on-demand": 1.2, spot: 0.6 }, v6e: { "on-demand": 2.7 } },
  machines: {},
};

const onTpu = (topology: string, change: Partial<PreflightResult> = {}): PreflightResult => ({
  request: { tpu: "v5e", topology },
  name: `TPU v5e ${topology}`,
  chips: 4,
  hosts: 1,
  basis: "compiled",
  effort: "quick",
  fits: true,
  reason: null,
  rows: 32,
  peakBytes: 2 ** 30,
  availableBytes: 2 ** 34,
  memory: {},
  validationPeakBytes: null,
  largestBuffers: [],
  compileSeconds: 1,
  largestBatch: null,
  stepSeconds: 0.01,
  rooflineSeconds: 0.005,
  bound: "memory",
  steps: 100,
  totalSeconds: 3600,
  ...change,
});

const reportOf = (hardware: PreflightResult, change: Partial<PreflightReport> = {}): PreflightReport => ({
  schemaVersion: 1,
  versions: { jax: "0.10.2", libtpu: "0.0.42.1" },
  problems: [],
  data: null,
  diskBytes: 1,
  hardware,
  remedy: null,
  alternatives: [],
  ...change,
});

test("what fits comes first, then the cheaper; a pod has no spot, and what has no price comes after what has", () => {
  const alternatives = [
    onTpu("4x4"),
    onTpu("2x2"),
    onTpu("1x1", { fits: false }),
    onTpu("c3", { request: { machine: "c3-standard-88" }, name: "c3-standard-88", basis: "estimated" }),
  ];
  const ranked = rank({ alternatives }, prices).map(({ name, strategy, usd, fits }) => [name, strategy, usd, fits]);
  expect(ranked).toEqual([
    ["TPU v5e 2x2", "spot", expect.closeTo(2.4), true],
    ["TPU v5e 2x2", "on-demand", expect.closeTo(4.8), true],
    ["TPU v5e 4x4", "on-demand", expect.closeTo(19.2), true],
    ["c3-standard-88", "on-demand", null, true],
    ["TPU v5e 1x1", "spot", expect.closeTo(0.6), false],
    ["TPU v5e 1x1", "on-demand", expect.closeTo(1.2), false],
  ]);
});

test("a compiled shortage refuses, with the change that fits; one by arithmetic does not", () => {
  const short = onTpu("1x1", { fits: false, reason: "too much" });
  const remedy = { what: "remat", settings: { remat: true }, result: onTpu("1x1") };
  const [problem] = problemsOf(reportOf(short, { remedy }));
  expect(problem?.code).toBe("OutOfMemory");
  expect(problem?.message).toContain("remat");
  expect(problemsOf(reportOf({ ...short, basis: "estimated" }))).toEqual([]);
});

test("the budget is held against the predicted cost", () => {
  const price = { usdPerHour: 9.6, asOf: "2026-01-01" };
  const prediction = predict(reportOf(onTpu("2x4")), price.usdPerHour);
  expect(prediction?.usd).toBeCloseTo(9.6);
  expect(checkBudget(9, price, "x", prediction)).toMatchObject([{ code: "BudgetTooSmall" }]);
  expect(checkBudget(10, price, "x", prediction)).toEqual([]);
});

test("a report that is none is refused with its problems", () => {
  expect(() => parsePreflightReport(JSON.stringify({ ...reportOf(onTpu("2x2")), versions: {} }), "gs://b/r")).toThrow(
    expect.objectContaining({ code: "InvalidReport" }),
  );
});
