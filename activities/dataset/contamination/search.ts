import { literal } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import { parquet, passing } from "../near-duplicates/find.ts";
import { comparedText } from "../near-duplicates/options.ts";
import { defineNgrams, index } from "./index.ts";

/** What was found in a bucket. */
export type Searched = {
  readonly removed: number;
  /** Name of a set → training rows that hold some of it. */
  readonly contaminated: Readonly<Record<string, number>>;
  readonly examples: readonly {
    readonly id: string;
    readonly set: string;
    readonly text: string;
    readonly share: number;
  }[];
};

export const mostExamples = 10;

/**
 * `drops.parquet`: a bucket's training rows that share n-grams with an evaluation set, as many as the recipe's `share`
 * of their own.
 */
export const search: Phase = {
  name: "contamination.search",
  title: "looking for evaluation sets in the training rows",
  pieces: ({ buckets }) => buckets,
  async run(work, bucket): Promise<Searched> {
    using database = await work.database();
    const { recipe } = work.plan;
    defineNgrams(database, work.plan);
    const text = comparedText(recipe);
    await database.run(`
      CREATE TABLE train AS SELECT id, list_distinct(ngrams(${text})) AS hashes FROM ${work.rows(bucket)} WHERE split = 'train'`);
    await database.run(`
      CREATE TABLE hits AS
      SELECT id, set, shared / len(hashes) AS share
      FROM (
        SELECT row, set, count(DISTINCT hash) AS shared
        FROM (SELECT rowid AS row, unnest(hashes) AS hash FROM train) JOIN ${parquet(work.files(index, "ngrams.parquet"))} USING (hash)
        GROUP BY row, set)
      JOIN train ON train.rowid = row
      WHERE shared >= len(hashes) * ${recipe.contamination?.share ?? 0}`);
    await database.run(`
      COPY (SELECT id, 'contaminated: holds text of ' || string_agg(set, ', ' ORDER BY set) AS reason FROM hits GROUP BY id ORDER BY id)
      TO ${literal(work.target("drops.parquet"))} ${passing}`);
    const sets = await database.rows("SELECT set, count(*) AS rows FROM hits GROUP BY set ORDER BY set");
    const examples = await database.rows(`
      SELECT id, set, ${text}[:300] AS text, share FROM hits JOIN ${work.rows(bucket)} USING (id)
      ORDER BY share DESC, id, set LIMIT ${mostExamples}`);
    return {
      removed: await database.count("SELECT count(DISTINCT id) FROM hits"),
      contaminated: Object.fromEntries(sets.map((row) => [String(row["set"]), Number(row["rows"])])),
      examples: examples.map((row) => ({
        id: String(row["id"]),
        set: String(row["set"]),
        text: String(row["text"]),
        share: Number(row["share"]),
      })),
    };
  },
};
