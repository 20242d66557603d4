import type { Pass } from "../engine/phase.ts";
import { type Chosen, choose } from "./choose.ts";
import { collect, compare, match, sign } from "./find.ts";
import { optionsOf } from "./options.ts";

/**
 * Near duplicates by MinHash and locality-sensitive hashing, within and across splits: rows whose texts share the
 * recipe's `nearDuplicates.threshold` of their shingles. Candidates are counted exactly, so no pair is false; pairs are
 * missed with the probability that the bands leave.
 */
export const nearDuplicates: Pass = {
  name: "near-duplicates",
  at: "rows",
  phases: [sign, match, collect, compare, choose],
  drops: true,
  async statistics(work) {
    const { files, ...chosen } = await work.outcome<Chosen>(choose, 0);
    const compared = await work.outcomes<{ uncompared: number }>(compare);
    const uncompared = compared.reduce((sum, one) => sum + one.uncompared, 0);
    const { threshold, shingle, bands, rows } = optionsOf(work.plan);
    return { nearDuplicates: { threshold, shingle, bands, rowsPerBand: rows, ...chosen, uncompared } };
  },
};
