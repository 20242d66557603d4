import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDrift } from "./drift-gate.ts";
import type { Verdict } from "./gate.ts";
import type { GatePolicy } from "./gate-policy.ts";
import type { DataDrift } from "./run.ts";

type DriftPolicy = NonNullable<GatePolicy["drift"]>;
const onDrift = (action: DriftPolicy["onDrift"], bounds: Partial<DriftPolicy> = {}): DriftPolicy => ({
  maximumIndex: 0.25,
  maximumTextDistance: 0.06,
  onDrift: action,
  ...bounds,
});
const better: Verdict = { outcome: "promote", reasons: ["It is better."], pValue: 0.01 };
const moved: DataDrift = {
  verdict: "large",
  sentence: "drift from the champion's data: label large (PSI 0.40)",
  shifts: [
    { column: "label", measure: "index", value: 0.4 },
    { column: "characters", measure: "index", value: 0.12 },
    { column: "text", measure: "textDistance", value: 0.03 },
  ],
};

describe("a drift of the data", () => {
  it("is told where the recipe says nothing, and decides nothing", () => {
    const verdict = withDrift(better, undefined, moved);
    expect(verdict.outcome).toBe("promote");
    expect(verdict.reasons).toEqual(["It is better.", expect.stringContaining("label large")]);
    expect(withDrift(better, undefined, { ...moved, verdict: "none", shifts: [] })).toEqual(better);
    expect(withDrift(better, onDrift("refuse"), null)).toEqual(better);
  });

  it.each([
    ["tell", "promote"],
    ["hold", "held"],
    ["refuse", "refused"],
  ] as const)("that is to be %s: %s", (action, outcome) => {
    const verdict = withDrift(better, onDrift(action), moved);
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.reasons.filter((reason) => reason.includes("index of"))).toHaveLength(1);
    if (outcome !== "promote") expect(verdict.reasons[0]).toContain("label");
  });

  it("holds each measure against its own bound, which it may reach", () => {
    expect(withDrift(better, onDrift("hold", { maximumIndex: 0.4 }), moved).outcome).toBe("promote");
    expect(withDrift(better, onDrift("hold", { maximumIndex: 0.1 }), moved).reasons[1]).toContain("characters");
    const slight: DataDrift = { ...moved, verdict: "none", sentence: "no drift" };
    expect(withDrift(better, onDrift("hold"), slight).reasons).toEqual([
      expect.stringContaining("index of label"),
      "It is better.",
    ]);
    const strict = withDrift(better, onDrift("hold", { maximumIndex: 1, maximumTextDistance: 0.02 }), moved);
    expect([strict.outcome, strict.reasons[0]]).toEqual(["held", expect.stringContaining("text")]);
  });

  it("never makes a verdict milder, loses no reason, and puts the deciding ones first", () => {
    const order = ["promote", "held", "refused"] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...order),
        fc.constantFrom("tell" as const, "hold" as const, "refuse" as const),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (outcome, action, maximumIndex) => {
          const before: Verdict = { outcome, reasons: ["first", "second"], pValue: null };
          const after = withDrift(before, onDrift(action, { maximumIndex }), moved);
          expect(order.indexOf(after.outcome)).toBeGreaterThanOrEqual(order.indexOf(outcome));
          expect(after.reasons).toEqual(expect.arrayContaining(["first", "second"]));
          expect(after.reasons[0] === "first").toBe(after.outcome === outcome);
        },
      ),
    );
  });
});
