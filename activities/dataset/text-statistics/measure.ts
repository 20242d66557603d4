import { INTEGER, VARCHAR } from "@duckdb/node-api";
import { type Database, literal } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import type { Work } from "../engine/work.ts";
import { type Gathered, gather } from "../gather.ts";
import { passing } from "../near-duplicates/find.ts";
import { comparedText } from "../near-duplicates/options.ts";
import { emptyHashes, hashWords } from "../near-duplicates/words.ts";
import { languageOf } from "./language.ts";
import { TokenCounter } from "./tokenizer.ts";

export type Measured = {
  /** Rows of which words, languages and tokens were looked at. */
  readonly sampled: number;
  readonly hasTokens: boolean;
  /** Language → split → rows. */
  readonly languages: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

/**
 * `lengths.parquet`: kind (characters, words, tokens), split, label, value, and how many of a bucket's rows have it.
 * Characters are of all rows; words, tokens and languages of as many as the recipe's `statistics.rows`, chosen by their
 * ids: to look at every word of all texts would take longer than all the rest of the preparation.
 */
export const measure: Phase = {
  name: "text-statistics.measure",
  title: "measuring the texts",
  pieces: ({ buckets }) => buckets,
  async run(work, bucket): Promise<Measured> {
    using database = await work.database();
    const { task } = work.plan.recipe;
    const text = comparedText(work.plan.recipe);
    await database.run(`
      CREATE TABLE measured AS
      SELECT split, label, length(${text}) AS characters FROM ${work.rows(bucket)}`);
    await database.run(
      "CREATE TABLE sampled (split VARCHAR, label VARCHAR, language VARCHAR, words INTEGER, tokens INTEGER)",
    );
    const hasTokens = await sample(work, database, bucket);
    const label = task === "multi-label-classification" ? `unnest(from_json(label, '["VARCHAR"]'))` : "label";
    const counted = (kind: string, from: string): string => `
      SELECT ${literal(kind)} AS kind, split, label, ${kind} AS value, count(*) AS rows
      FROM (SELECT split, '' AS label, ${kind} FROM ${from}
        ${task === "causal-lm" ? "" : `UNION ALL SELECT 'labels' AS split, ${label} AS label, ${kind} FROM ${from} WHERE split = 'train'`})
      GROUP BY ALL`;
    const parts = [counted("characters", "measured"), counted("words", "sampled")];
    if (hasTokens) parts.push(counted("tokens", "sampled"));
    await database.run(`
      COPY (FROM (${parts.join(" UNION ALL ")}) ORDER BY ALL) TO ${literal(work.target("lengths.parquet"))} ${passing}`);
    return {
      sampled: await database.count("SELECT count(*) FROM sampled"),
      hasTokens,
      languages: await languagesOf(database),
    };
  },
};

/** Fills the table `sampled`; says whether tokens could be counted. */
async function sample(work: Work, database: Database, bucket: number): Promise<boolean> {
  const { recipe, passes } = work.plan;
  const counter =
    passes.baseModel === undefined
      ? null
      : TokenCounter.read(passes.baseModel, { addSpecialTokens: recipe.task !== "causal-lm" });
  const all = (await work.outcomes<Gathered>(gather)).reduce((sum, { rows }) => sum + rows, 0);
  // Other digits of the id than those that a row's split comes from.
  const place = "CAST('0x' || substr(id, 25, 8) AS UBIGINT) / 4294967296.0";
  const rows = database.stream(`
    SELECT split, label, text, ${comparedText(recipe)} AS said
    FROM ${work.rows(bucket)} WHERE ${place} < ${recipe.statistics.rows / Math.max(1, all)}`);
  const words = emptyHashes();
  for await (const chunk of rows) {
    const tokens = (await counter?.count(chunk.map(({ text }) => String(text)))) ?? [];
    await database.append(
      "sampled",
      [VARCHAR, VARCHAR, VARCHAR, INTEGER, INTEGER],
      chunk.map(({ split, label, said }, index) => {
        hashWords(String(said), words);
        return [String(split), String(label), languageOf(String(said)), words.count, tokens[index] ?? null];
      }),
    );
  }
  return counter !== null;
}

async function languagesOf(database: Database): Promise<Measured["languages"]> {
  const languages: Record<string, Record<string, number>> = {};
  for (const row of await database.rows(
    "SELECT language, split, count(*) AS rows FROM sampled GROUP BY ALL ORDER BY ALL",
  )) {
    const language = String(row["language"]);
    languages[language] = { ...languages[language], [String(row["split"])]: Number(row["rows"]) };
  }
  return languages;
}
