import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparison, Evaluation, PairedTable } from "./evaluation.ts";
import { gate } from "./gate.ts";
import { holm, mcnemar } from "./mcnemar.ts";
import type { GatePolicy } from "./recipe.ts";

const policy: GatePolicy = {
  thresholds: { accuracy: 0.6 },
  champion: { metric: "accuracy", minimumGain: 0, alpha: 0.05 },
  slices: { maximumDrop: 0.05, minimumRows: 50 },
};

function table(
  bothRight: number,
  onlyCandidateRight: number,
  onlyChampionRight: number,
  bothWrong: number,
): PairedTable {
  return {
    rows: bothRight + onlyCandidateRight + onlyChampionRight + bothWrong,
    bothRight,
    onlyCandidateRight,
    onlyChampionRight,
    bothWrong,
  };
}

function evaluation(accuracy: number, macroF1 = accuracy): Evaluation {
  return {
    schemaVersion: 1,
    task: "text-classification",
    split: "test",
    rows: 1488,
    metrics: { accuracy, macroF1, loss: 1 },
    perClass: [],
    confusionMatrix: [],
    slices: {},
    rowsPerSecond: 100,
  };
}

function compared(overall: PairedTable, slices: Comparison["slices"] = {}): Comparison {
  return {
    candidate: evaluation((overall.bothRight + overall.onlyCandidateRight) / overall.rows),
    champion: evaluation((overall.bothRight + overall.onlyChampionRight) / overall.rows),
    overall,
    slices,
  };
}

describe("the gate", () => {
  it("promotes the first model that passes its thresholds", () => {
    expect(gate(policy, { candidate: evaluation(0.7), champion: null, overall: null, slices: {} }).outcome).toBe(
      "promote",
    );
  });

  it("refuses below a threshold, naming each, whatever the champion is", () => {
    const both = { ...policy, thresholds: { accuracy: 0.6, macroF1: 0.5 } };
    const verdict = gate(both, { candidate: evaluation(0.1, 0.05), champion: null, overall: null, slices: {} });
    expect(verdict.outcome).toBe("refused");
    expect(verdict.reasons).toHaveLength(2);
  });

  it("refuses a metric that is not a number", () => {
    expect(gate(policy, { candidate: evaluation(Number.NaN), champion: null, overall: null, slices: {} }).outcome).toBe(
      "refused",
    );
  });

  it("promotes on evidence", () => {
    expect(gate(policy, compared(table(1060, 142, 57, 229))).outcome).toBe("promote");
  });

  it("holds a gain that could be chance", () => {
    expect(gate(policy, compared(table(1100, 102, 98, 188))).outcome).toBe("held");
  });

  it("holds a sure gain that is smaller than the recipe wants", () => {
    const wanting = { ...policy, champion: { ...policy.champion, minimumGain: 0.1 } };
    expect(gate(wanting, compared(table(1060, 142, 57, 229))).outcome).toBe("held");
  });

  it("refuses a real regression", () => {
    expect(gate(policy, compared(table(1100, 60, 102, 226))).outcome).toBe("refused");
  });

  it("refuses what falls on a slice, though it is better as a whole", () => {
    const slices = { status: { new: table(60, 5, 45, 38), unchanged: table(1000, 137, 12, 191) } };
    const verdict = gate(policy, compared(table(1060, 142, 57, 229), slices));
    expect(verdict.outcome).toBe("refused");
    expect(verdict.reasons[0]).toContain("status = new");
  });

  it("does not judge a slice of a few rows", () => {
    const slices = { status: { new: table(2, 0, 12, 3) } };
    expect(gate(policy, compared(table(1060, 142, 57, 229), slices)).outcome).toBe("promote");
  });
});

describe("McNemar's test", () => {
  it.each([
    [0, 0, 1],
    [1, 0, 1],
    [5, 0, 0.0625],
    [10, 2, 0.03857421875],
    [8, 8, 1],
    [142, 57, 1.4792111579584571e-9],
  ])("of %i against %i gives p = %d", (candidate, champion, p) => {
    expect(mcnemar(table(0, candidate, champion, 0)) / p).toBeCloseTo(1, 9);
  });

  it("is symmetric, within [0, 1], and survives numbers that underflow", () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(20_000), (left, right) => {
        const p = mcnemar(table(0, left, right, 0));
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(p).toBe(mcnemar(table(0, right, left, 0)));
      }),
      { numRuns: 50 },
    );
    expect(mcnemar(table(0, 5_000, 5_000, 0))).toBeCloseTo(1, 5);
  });
});

it("Holm's correction never lowers a p-value and keeps their order", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (pValues) => {
      const adjusted = holm(pValues);
      for (const [index, p] of pValues.entries()) expect(adjusted[index]).toBeGreaterThanOrEqual(p);
      const order = (values: readonly number[]) =>
        pValues
          .map((_, index) => index)
          .sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0))
          .map((index) => values[index] ?? 0);
      const sorted = order(adjusted);
      for (let index = 1; index < sorted.length; index++)
        expect(sorted[index]).toBeGreaterThanOrEqual(sorted[index - 1] ?? 0);
    }),
  );
});
