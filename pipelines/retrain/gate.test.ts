import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Comparison, Evaluation, PairedTable } from "./evaluation.ts";
import { gate } from "./gate.ts";
import type { GatePolicy } from "./gate-policy.ts";
import { holm, mcnemar } from "./mcnemar.ts";
import { pairedT } from "./paired-t.ts";

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

  it("holds a team's own metric against its threshold, from the side that is better", () => {
    const own: GatePolicy = { ...policy, thresholds: { custom: { cost: 2 } } };
    const outcome = (custom: NonNullable<Evaluation["custom"]>) =>
      gate(own, { candidate: { ...evaluation(0.7), custom }, champion: null, overall: null, slices: {} }).outcome;
    expect(outcome({ cost: { value: 1.5, better: "lower" } })).toBe("promote");
    expect(outcome({ cost: { value: 2.5, better: "lower" } })).toBe("refused");
    expect(outcome({ cost: { value: 2.5, better: "higher" } })).toBe("promote");
    expect(outcome({ cost: { value: 1.5, better: "higher" } })).toBe("refused");
    expect(outcome({})).toBe("refused");
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

describe("the gate of language models", () => {
  const language: GatePolicy = {
    thresholds: { perplexity: 10, exactMatch: 0.3 },
    champion: { minimumGain: 0.01, alpha: 0.05 },
    slices: { maximumDrop: 0.05, minimumRows: 50 },
  };
  const rows = 200;
  const tokens = 4_000;
  /** By how many nats a token the candidate's loss lies above the champion's. */
  const losses = (perToken: number, deviation = 2) => ({ rows, difference: perToken * tokens, deviation, tokens });
  const same = table(100, 0, 0, 100);

  function judged(loss: number, exactMatch = 0.5): Evaluation {
    const metrics = { loss, perplexity: Math.exp(loss), exactMatch };
    return { ...evaluation(0), task: "causal-lm", metrics };
  }
  function comparedBy(perToken: number, deviation?: number, slices: Comparison["slices"] = {}): Comparison {
    return {
      candidate: judged(1 + perToken),
      champion: judged(1),
      overall: { ...same, losses: losses(perToken, deviation) },
      slices,
    };
  }

  it("refuses a perplexity above its threshold, an exact match below, and what is not known", () => {
    const alone = { champion: null, overall: null, slices: {} };
    expect(gate(language, { candidate: judged(1), ...alone }).outcome).toBe("promote");
    expect(gate(language, { candidate: judged(3, 0.1), ...alone }).reasons).toHaveLength(2);
    expect(gate(language, { candidate: evaluation(0.9), ...alone }).reasons).toHaveLength(2);
  });

  it.each([
    ["promotes less loss, on evidence", -0.05, 2, "promote"],
    ["holds less loss without evidence", -0.05, 20, "held"],
    ["holds a sure gain that is smaller than the recipe wants", -0.005, 0.1, "held"],
    ["refuses more loss", 0.05, 2, "refused"],
  ] as const)("%s", (_, perToken, deviation, outcome) => {
    expect(gate(language, comparedBy(perToken, deviation)).outcome).toBe(outcome);
  });

  it("refuses where the loss rises on a slice, though it falls as a whole", () => {
    const slices = { kind: { code: { ...same, losses: losses(0.2) }, prose: { ...same, losses: losses(-0.3) } } };
    const verdict = gate(language, comparedBy(-0.05, 2, slices));
    expect(verdict.outcome).toBe("refused");
    expect(verdict.reasons[0]).toContain("kind = code");
  });

  it("compares by exact match where the recipe says so, and refuses a metric that a model lacks", () => {
    const exact: GatePolicy = { ...language, champion: { ...language.champion, metric: "exactMatch" } };
    const overall = table(1000, 142, 57, 229);
    const verdict = gate(exact, { candidate: judged(1, 0.8), champion: judged(1, 0.7), overall, slices: {} });
    expect(verdict.outcome).toBe("promote");
    expect(
      gate({ ...language, thresholds: {}, champion: { ...language.champion, metric: "accuracy" } }, comparedBy(-0.05))
        .outcome,
    ).toBe("refused");
  });
});

describe("the paired t-test", () => {
  // scipy.stats.t
  it.each([
    [2, 1.0, 2.0, 0.6081734479693928],
    [10, -0.3, 0.4, 0.04179180077711303],
    [200, -0.02, 0.1, 0.005156374545013723],
    [1500, 0.01, 0.5, 0.43870018531112587],
    [5000, 0.3, 3.0, 1.7493813012470728e-12],
  ])("of %i rows, mean %d, deviation %d gives p = %d", (rows, mean, deviation, p) => {
    expect(pairedT(rows, mean, deviation) / p).toBeCloseTo(1, 8);
  });

  it("is symmetric, within [0, 1], and knows no evidence in one row or in none that differ", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5_000 }), fc.double({ min: 1e-6, max: 10, noNaN: true }), (rows, mean) => {
        const p = pairedT(rows, mean, 1);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(pairedT(rows, -mean, 1)).toBe(p);
      }),
    );
    expect(pairedT(1, 5, 0)).toBe(1);
    expect(pairedT(50, 0, 0)).toBe(1);
    expect(pairedT(50, 1, 0)).toBe(0);
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
