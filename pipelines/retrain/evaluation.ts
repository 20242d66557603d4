import type { Evaluation } from "../../trainer/contract/generated/contract.ts";

export type { Evaluation };

export type Metrics = Evaluation["metrics"];

/** Candidate and champion on the same rows: the 2 × 2 table of a paired test. */
export interface PairedTable {
  readonly rows: number;
  readonly bothRight: number;
  readonly onlyCandidateRight: number;
  readonly onlyChampionRight: number;
  readonly bothWrong: number;
  /** Of models whose predictions carry a loss for each row. */
  readonly losses?: PairedLosses;
}

/** Each row's loss of the candidate less that of the champion, over all its tokens, in nats. */
export interface PairedLosses {
  readonly rows: number;
  /** The sum. */
  readonly difference: number;
  /** Standard deviation of a row's. */
  readonly deviation: number;
  /** Of the candidate, in these rows. */
  readonly tokens: number;
}

/** What the gate decides from. */
export interface Comparison {
  readonly candidate: Evaluation;
  readonly champion: Evaluation | null;
  /** Over the rows that both predicted; null without a champion. */
  readonly overall: PairedTable | null;
  /** Slice column → value → table. */
  readonly slices: Readonly<Record<string, Readonly<Record<string, PairedTable>>>>;
}

/** The metrics that people ask for first, in that order, with their names. */
const shown = [
  ["accuracy", "accuracy"],
  ["macroF1", "macro F1"],
  ["perplexity", "perplexity"],
  ["exactMatch", "exact match"],
  ["rougeL", "ROUGE-L"],
  ["chrF", "chrF"],
  ["loss", "loss"],
] as const satisfies readonly (readonly [keyof Metrics, string])[];

/** Those of them that this evaluation has: `[key, name, value]`. */
export function shownMetrics(metrics: Metrics): readonly (readonly [keyof Metrics, string, number])[] {
  return shown.flatMap(([key, name]) => {
    const value = metrics[key];
    return value === undefined ? [] : [[key, name, value] as const];
  });
}
