import type { Evaluation } from "../../trainer/contract/generated/contract.ts";

export type { Evaluation };

/** Candidate and champion on the same rows: the 2 × 2 table of a paired test. */
export interface PairedTable {
  readonly rows: number;
  readonly bothRight: number;
  readonly onlyCandidateRight: number;
  readonly onlyChampionRight: number;
  readonly bothWrong: number;
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
