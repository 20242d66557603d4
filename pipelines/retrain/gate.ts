import type { Comparison, Evaluation, Metrics, PairedTable } from "./evaluation.ts";
import type { GatePolicy } from "./gate-policy.ts";
import { holm, mcnemar } from "./mcnemar.ts";
import { pairedT } from "./paired-t.ts";

/** What the gate says of a candidate, before any engineer is asked. */
export interface Verdict {
  readonly outcome: "promote" | "held" | "refused";
  /** Sentences, the deciding ones first. */
  readonly reasons: readonly string[];
  /** Of the paired test against the champion; null without one. */
  readonly pValue: number | null;
}

type Metric = NonNullable<GatePolicy["champion"]["metric"]>;

/**
 * Decides from numbers alone: thresholds first, then the champion, then the slices.
 * A candidate is promoted only with evidence that it is better; without any it is held;
 * where there is evidence that it is worse, as a whole or on a slice, it is refused.
 */
export function gate(policy: GatePolicy, comparison: Comparison): Verdict {
  const tooBad = beyondThresholds(policy, comparison.candidate);
  if (tooBad.length > 0) return { outcome: "refused", reasons: tooBad, pValue: null };

  const { candidate, champion, overall } = comparison;
  if (!champion || !overall) {
    return {
      outcome: "promote",
      reasons: ["It passes every threshold, and there is no champion to beat."],
      pValue: null,
    };
  }

  const { minimumGain, alpha } = policy.champion;
  const metric = policy.champion.metric ?? defaultMetric(candidate);
  const mine = candidate.metrics[metric];
  const theirs = champion.metrics[metric];
  if (mine === undefined || theirs === undefined || (metric === "loss" && !overall.losses)) {
    const who = mine === undefined ? "its evaluation" : "the champion's evaluation";
    return { outcome: "refused", reasons: [`The gate compares by ${metric}, which ${who} lacks.`], pValue: null };
  }
  const { pValue, better } = evidence(metric, overall);
  const gain = metric === "loss" ? -rise(overall) : mine - theirs;
  const numbers = `${metric} ${shown(mine)} against the champion's ${shown(theirs)} on the same ${overall.rows} rows (p = ${shownP(pValue)})`;
  const significant = pValue < alpha;

  if (significant && !better) {
    return { outcome: "refused", reasons: [`It is worse: ${numbers}.`], pValue };
  }
  const regressions = sliceRegressions(policy, metric, comparison);
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

function defaultMetric({ task }: Evaluation): Metric {
  return task === "causal-lm" ? "loss" : "accuracy";
}

/** A paired test on the same rows: of losses where they are compared, else of what is right. */
function evidence(metric: Metric, table: PairedTable): { pValue: number; better: boolean } {
  if (metric !== "loss" || !table.losses) {
    return { pValue: mcnemar(table), better: table.onlyCandidateRight > table.onlyChampionRight };
  }
  const { rows, difference, deviation } = table.losses;
  return { pValue: pairedT(rows, difference / rows, deviation), better: difference < 0 };
}

/** Of the loss, nats a token. */
function rise({ losses }: PairedTable): number {
  return losses && losses.tokens > 0 ? losses.difference / losses.tokens : 0;
}

const least = ["accuracy", "macroF1", "exactMatch", "rougeL", "chrF"] as const satisfies readonly (keyof Metrics)[];

function beyondThresholds(policy: GatePolicy, evaluation: Evaluation): string[] {
  return [...beyondBuiltIn(policy, evaluation), ...beyondCustom(policy, evaluation)];
}

/** Thresholds of a team's own metrics. */
function beyondCustom({ thresholds }: GatePolicy, { custom = {} }: Evaluation): string[] {
  return Object.entries(thresholds.custom ?? {}).flatMap(([name, bound]) => {
    const found = custom[name];
    if (!found) return [`The recipe has a threshold for ${name}, which its evaluation lacks.`];
    const { value, better } = found;
    const passes = better === "higher" ? value >= bound : value <= bound;
    const side = better === "higher" ? "below" : "above";
    return passes ? [] : [`${name} is ${shown(value)}, ${side} the recipe's threshold of ${shown(bound)}.`];
  });
}

function beyondBuiltIn({ thresholds }: GatePolicy, { metrics }: Evaluation): string[] {
  const tooLow = least.flatMap((metric) => {
    const bound = thresholds[metric];
    const value = metrics[metric];
    if (bound === undefined) return [];
    if (value === undefined) return [`The recipe has a threshold for ${metric}, which its evaluation lacks.`];
    // Written so that a metric that is not a number fails too.
    return value >= bound ? [] : [`${metric} is ${shown(value)}, below the recipe's threshold of ${shown(bound)}.`];
  });
  const { perplexity: bound } = thresholds;
  const { perplexity: value } = metrics;
  if (bound === undefined) return tooLow;
  if (value === undefined) return [...tooLow, "The recipe has a threshold for perplexity, which its evaluation lacks."];
  return value <= bound
    ? tooLow
    : [...tooLow, `perplexity is ${shown(value)}, above the recipe's threshold of ${shown(bound)}.`];
}

function sliceRegressions(policy: GatePolicy, metric: Metric, { slices }: Comparison): string[] {
  const byLoss = metric === "loss";
  const tested = Object.entries(slices).flatMap(([column, values]) =>
    Object.entries(values)
      .filter(([, table]) => table.rows >= policy.slices.minimumRows && (!byLoss || table.losses))
      .map(([value, table]) => ({
        name: `${column} = ${value}`,
        table,
        drop: byLoss ? rise(table) : accuracyDrop(table),
      })),
  );
  const pValues = holm(tested.map(({ table }) => evidence(metric, table).pValue));
  return tested.flatMap(({ name, table, drop }, index) => {
    const p = pValues[index] ?? 1;
    const regressed = drop > policy.slices.maximumDrop && p < policy.champion.alpha;
    const change = byLoss ? "loss rises" : metric === "exactMatch" ? "exact match falls" : "accuracy falls";
    return regressed
      ? [`On the ${table.rows} rows with ${name} its ${change} by ${shown(drop)} (p = ${shownP(p)}).`]
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
