import type { Pass } from "../engine/phase.ts";
import { measure } from "./measure.ts";
import { type Summary, summarise } from "./summarise.ts";

/** Lengths, languages, and tokens by the base model's own tokenizer, of the rows that stay. */
export const textStatistics: Pass = {
  name: "text-statistics",
  at: "rows",
  phases: [measure, summarise],
  async statistics(work) {
    const { text, tokens } = await work.outcome<Summary>(summarise, 0);
    return tokens === null ? { text } : { text, tokens };
  },
};
