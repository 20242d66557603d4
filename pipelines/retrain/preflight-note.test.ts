import { expect, test } from "vitest";
import { preflightNote } from "./preflight-note.ts";
import type { PreflightPrediction } from "./run.ts";

const spec = { uri: "gs://b/specs/d.json", digest: "0123456789abcdef", name: "train-and-evaluate" };
const prediction: PreflightPrediction = {
  basis: "compiled",
  fits: true,
  peakBytes: 2 ** 30,
  availableBytes: 15.75 * 2 ** 30,
  stepSeconds: 0.01,
  seconds: 720,
  usd: 1.92,
  remedy: null,
};
const report = { problems: [], hardware: "TPU v5e 2x4", price: { usdPerHour: 9.6, asOf: "2026-11-24" }, prediction };

test("a note says memory, time and cost with the price's date, and that they are estimates", () => {
  const note = preflightNote(spec, report);
  for (const part of ["1.00 of 15.75 GiB", "12 min", "$1.92", "estimate", "2026-11-24"]) {
    expect(note).toContain(part);
  }
});

test("what was not compiled is not called a fit without saying so", () => {
  expect(preflightNote(spec, { ...report, prediction: { ...prediction, basis: "estimated" } })).toContain(
    "not compiled",
  );
  expect(preflightNote(spec, { ...report, prediction: null, price: null })).toBe("spec `0123456789ab` for TPU v5e 2x4");
});
