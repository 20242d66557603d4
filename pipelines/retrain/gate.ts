import type { Comparison, PairedTable } from "./evaluation.ts";
import { holm, mcnemar } from "./mcnemar.ts";
import type { GatePolicy } from "./recipe.ts";

/** What the gate says of a candidate, before any engineer is asked. */
export interface Verdict {
  readonly outcome: "promote" | "held" | "refused";
  /** Sentences, the deciding ones first. */
  readonly reasons: readonly string[];
  /** Of the paired test against the champion; null without one. */
  readonly pValue: number | null;
}

/**
 * Decides from numbers alone: thresholds first, then the champion, then the slices.
 * A candidate is promoted only with evidence that it is better; without any it is held;
 * where there is evidence that it is worse, as a whole or on a slice, it is refused.
 */
export function gate(policy: GatePolicy, comparison: Comparison): Verdict {
  const tooLow = belowThresholds(policy, comparison);
  if (tooLow.length > 0) return { outcome: "refused", reasons: tooLow, pValue: null };

  const { champion, overall } = comparison;
  if (!champion || !overall) {
    return {
      outcome: "promote",
      reasons: ["It passes every threshold, and there is no champion to beat."],
      pValue: null,
    };
  }

  const { metric, minimumGain, alpha } = policy.champion;
  const mine = comparison.candidate.metrics[metric];
  const theirs = champion.metrics[metric];
  const gain = mine - theirs;
  const pValue = mcnemar(overall);
  const numbers = `${metric} ${shown(mine)} against the champion's ${shown(theirs)} on the same ${overall.rows} rows (p = ${shownP(pValue)})`;
  const significant = pValue < alpha;
  const moreRight = overall.onlyCandidateRight > overall.onlyChampionRight;

  if (significant && !moreRight) {
    return { outcome: "refused", reasons: [`It is worse: ${numbers}.`], pValue };
  }
  const regressions = sliceRegressions(policy, comparison);
  if (regressions.length > 0) return { outcome: "refused", reasons: [...regressions, `Overall: ${numbers}.`], pValue };

  if (!significant) {
    return { outcome: "held", reasons: [`There is no evidence that it is better: ${numbers}.`], pValue };
  }
  if (gain <= 0 || gain < minimumGain) {
    const wanted = minimumGain > 0 ? `at least ${shown(minimumGain)}` : "a gain";
    return {
      outcome: "held",
      reasons: [`The recipe wants ${wanted} in ${metric}; it has ${shown(gain)}: ${numbers}.`],
      pValue,
    };
  }
  return { outcome: "promote", reasons: [`It is better: ${numbers}.`], pValue };
}

function belowThresholds(policy: GatePolicy, { candidate }: Comparison): string[] {
  return (["accuracy", "macroF1"] as const).flatMap((metric) => {
    const least = policy.thresholds[metric];
    const value = candidate.metrics[metric];
    // Written so that a metric that is not a number fails too.
    return least === undefined || value >= least
      ? []
      : [`${metric} is ${shown(value)}, below the recipe's threshold of ${shown(least)}.`];
  });
}

function sliceRegressions(policy: GatePolicy, { slices }: Comparison): string[] {
  const tested = Object.entries(slices).flatMap(([column, values]) =>
    Object.entries(values)
      .filter(([, table]) => table.rows >= policy.slices.minimumRows)
      .map(([value, table]) => ({ name: `${column} = ${value}`, table, drop: accuracyDrop(table) })),
  );
  const pValues = holm(tested.map(({ table }) => mcnemar(table)));
  return tested.flatMap(({ name, table, drop }, index) => {
    const p = pValues[index] ?? 1;
    const regressed = drop > policy.slices.maximumDrop && p < policy.champion.alpha;
    return regressed
      ? [`On the ${table.rows} rows with ${name} its accuracy falls by ${shown(drop)} (p = ${shownP(p)}).`]
      : [];
  });
}

function accuracyDrop(table: PairedTable): number {
  return (table.onlyChampionRight - table.onlyCandidateRight) / table.rows;
}

function shown(value: number): string {
  return value.toFixed(3);
}

function shownP(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(3);
}
