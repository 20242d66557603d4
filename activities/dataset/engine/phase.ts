import type { DataStatistics } from "../../../trainer/contract/generated/contract.ts";
import type { Plan } from "../plan.ts";
import type { Work } from "./work.ts";

/** What a piece leaves beside its files: small, and plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A step of a preparation in pieces that know nothing of each other: each is a function of the plan and of what earlier
 * phases left. So one process may run all of them, or many processes some each, and a kill loses one piece at most.
 */
export interface Phase {
  /** Also the folder of its files; unique. */
  readonly name: string;
  /** For people: "splitting the rows". */
  readonly title: string;
  pieces(plan: Plan): number;
  /** Writes files only to `work.target(…)`. */
  run(work: Work, piece: number): Promise<Json>;
}

/** Something that is done beside the common path, where the recipe asks for it. */
export interface Pass {
  readonly name: string;
  /** Before rows are written, or when the shards are there. */
  readonly at: "rows" | "output";
  readonly phases: readonly Phase[];
  /**
   * Columns that every row gets: the last phase has a piece a bucket, each with `columns.parquet`: `id` and these.
   * `text` may be among them, which replaces the rows' own.
   */
  readonly adds?: readonly string[];
  /** Whether pieces of the last phase write `drops.parquet`: `id` and `reason` of rows to keep aside. */
  readonly drops?: boolean;
  /** What of it goes into the manifest. */
  statistics(work: Work): Promise<DataStatistics>;
}
