import { DOUBLE, LIST, listValue } from "@duckdb/node-api";
import { UserError } from "../../errors.ts";
import type { Database } from "../database.ts";
import { identifier, literal } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import { passing } from "../near-duplicates/find.ts";
import { comparedText } from "../near-duplicates/options.ts";
import { hashAt, Shingler } from "../near-duplicates/shingles.ts";
import type { EvaluationSet, Plan, PlannedFile } from "../plan.ts";
import { relationOf } from "../sources/relation.ts";

/** The name of the test split among the evaluation sets. */
export const testSet = "test";

/** How many texts of which set were read. */
export type Indexed = { readonly set: string; readonly texts: number };

/**
 * `ngrams.parquet`: set and hash of the n-grams of a bucket's test rows, or of a file of an evaluation set. The pieces of
 * the buckets come first, then those of the files.
 */
export const index: Phase = {
  name: "contamination.index",
  title: "reading the evaluation sets",
  pieces: (plan) => plan.buckets + evaluationFiles(plan).length,
  async run(work, piece): Promise<Indexed> {
    using database = await work.database();
    defineNgrams(database, work.plan);
    const evaluated = evaluationFiles(work.plan)[piece - work.plan.buckets];
    if (evaluated !== undefined) await work.fetch(evaluated.file.path);
    const set = evaluated?.set.name ?? testSet;
    const texts =
      evaluated === undefined
        ? `SELECT ${comparedText(work.plan.recipe)} AS text FROM ${work.rows(piece)} WHERE split = 'test'`
        : await textsOf(database, evaluated.set, evaluated.file);
    await database.run(`CREATE TABLE texts AS SELECT ngrams(text) AS hashes FROM (${texts}) WHERE text IS NOT NULL`);
    await database.run(`
      COPY (SELECT DISTINCT ${literal(set)} AS set, unnest(hashes) AS hash FROM texts ORDER BY hash)
      TO ${literal(work.target("ngrams.parquet"))} ${passing}`);
    return { set, texts: await database.count("SELECT count(*) FROM texts") };
  },
};

/** The SQL function `ngrams`: hashes of runs of that many words; of a shorter text, one of all its words. */
export function defineNgrams(database: Database, { recipe }: Plan): void {
  const shingler = new Shingler(ngramOf(recipe));
  database.define("ngrams", LIST(DOUBLE), (text) => {
    const { low, high, count } = shingler.of(text);
    return listValue(Array.from({ length: count }, (_, at) => hashAt(low, high, at)));
  });
}

export function ngramOf({ contamination }: Plan["recipe"]): number {
  if (contamination === undefined) throw new Error("the plan has no decontamination");
  return contamination.ngram;
}

export function evaluationFiles({ passes }: Plan): { set: EvaluationSet; file: PlannedFile }[] {
  return (passes.against ?? []).flatMap((set) => set.files.map((file) => ({ set, file })));
}

async function textsOf(database: Database, set: EvaluationSet, file: PlannedFile): Promise<string> {
  const relation = relationOf(file);
  const known = (await database.describe(relation)).map(({ name }) => name);
  const problems = set.columns
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: "contamination.against",
      message: `${set.name}: ${file.uri} has no column ${name} (known: ${known.join(", ")})`,
    }));
  if (problems.length > 0) throw new UserError("InvalidData", "an evaluation set cannot be read", problems);
  const columns = set.columns.map((name) => `SELECT CAST(${identifier(name)} AS VARCHAR) AS text FROM ${relation}`);
  return columns.join(" UNION ALL ");
}
