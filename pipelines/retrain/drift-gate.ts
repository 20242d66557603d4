import type { Verdict } from "./gate.ts";
import type { GatePolicy } from "./gate-policy.ts";
import type { DataDrift } from "./run.ts";

const severity: Readonly<Record<Verdict["outcome"], number>> = { promote: 0, held: 1, refused: 2 };
const outcomes = { tell: "promote", hold: "held", refuse: "refused" } as const;

/**
 * What the gate says once it has seen how the data differs from the champion's. A drift never makes a verdict milder:
 * a candidate that is refused for its evaluation stays refused, and is told of the drift too.
 *
 * @param drift null where there was nothing to compare with.
 */
export function withDrift(verdict: Verdict, policy: GatePolicy["drift"], drift: DataDrift | null): Verdict {
  if (drift === null) return verdict;
  const beyond = policy === undefined ? [] : beyondBounds(policy, drift);
  const wanted = policy === undefined || beyond.length === 0 ? "promote" : outcomes[policy.onDrift];
  const told = drift.verdict === "none" ? [] : [`The data shows ${drift.sentence}.`];
  return severity[wanted] > severity[verdict.outcome]
    ? { ...verdict, outcome: wanted, reasons: [...beyond, ...told, ...verdict.reasons] }
    : { ...verdict, reasons: [...verdict.reasons, ...beyond, ...told] };
}

function beyondBounds(policy: NonNullable<GatePolicy["drift"]>, { shifts = [] }: DataDrift): string[] {
  return shifts.flatMap(({ column, measure, value }) => {
    const bound = measure === "index" ? policy.maximumIndex : policy.maximumTextDistance;
    // Written so that a value that is not a number is beyond every bound.
    if (value <= bound) return [];
    const name = measure === "index" ? "population stability index" : "distance from the champion's texts";
    return [`The ${name} of ${column} is ${value.toFixed(3)}, above the recipe's ${bound}.`];
  });
}
