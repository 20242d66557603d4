import type { TextStatistics, TokenStatistics } from "../../../trainer/contract/generated/contract.ts";
import { type Database, literal } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import { parquet } from "../near-duplicates/find.ts";
import { type Counted, describeLengths, shareLonger } from "./lengths.ts";
import { type Measured, measure } from "./measure.ts";
import { lengthCounts } from "./truncation.ts";

/** The same type as JSON: interfaces are not known to have no other fields. */
type Plain<Value> = { [Key in keyof Value]: Plain<Value[Key]> };

export type Summary = Plain<{ readonly text: TextStatistics; readonly tokens: TokenStatistics | null }>;

type Kind = "characters" | "words" | "tokens";

const splits = ["train", "validation", "test"] as const;
const mostLabels = 100;
const limits = Array.from({ length: 14 }, (_, power) => 16 * 2 ** power);

/** Of all buckets together. */
export const summarise: Phase = {
  name: "text-statistics.summarise",
  title: "summing up the texts",
  pieces: () => 1,
  async run(work): Promise<Summary> {
    using database = await work.database();
    const measured = await work.outcomes<Measured>(measure);
    const sampled = measured.reduce((sum, one) => sum + one.sampled, 0);
    await database.run(`
      CREATE TABLE lengths AS
      SELECT kind, split, label, value, sum(rows) AS rows FROM ${parquet(work.files(measure, "lengths.parquet"))} GROUP BY ALL`);
    const bySplit = async (kind: Kind): Promise<(readonly [string, readonly Counted[]])[]> => {
      const all = await Promise.all(
        splits.map(async (split) => [split, await counted(database, kind, split)] as const),
      );
      return all.filter(([, some]) => some.length > 0);
    };
    const words = new Map(await bySplit("words"));
    const tokens = await bySplit("tokens");
    const text: TextStatistics = {
      splits: Object.fromEntries(
        (await bySplit("characters")).map(([split, characters]) => [
          split,
          { characters: describeLengths(characters), words: describeLengths(words.get(split) ?? []) },
        ]),
      ),
      labels: await labelsOf(database, ["characters", "words"]),
      languages: languagesOf(measured),
      sampled,
    };
    if (!measured.some(({ hasTokens }) => hasTokens)) return { text, tokens: null };
    const allTokens = tokens.flatMap(([, some]) => some);
    return {
      text,
      tokens: {
        splits: Object.fromEntries(tokens.map(([split, some]) => [split, describeLengths(some)])),
        labels: await labelsOf(database, ["tokens"]),
        longer: limits.map((limit) => ({ tokens: limit, share: shareLonger(allTokens, limit) })),
        trainLengths: lengthCounts(tokens.find(([split]) => split === "train")?.[1] ?? []),
        sampled,
      },
    };
  },
};

async function counted(database: Database, kind: Kind, split: string): Promise<Counted[]> {
  const rows = await database.rows(`
    SELECT value, rows FROM lengths WHERE kind = ${literal(kind)} AND split = ${literal(split)} ORDER BY value`);
  return rows.map((row) => ({ value: Number(row["value"]), rows: Number(row["rows"]) }));
}

/** Means of each label's training rows. */
async function labelsOf<K extends Kind>(
  database: Database,
  kinds: readonly K[],
): Promise<({ label: string; rows: number } & Record<K, number>)[]> {
  const means = kinds.map(
    (kind) =>
      `coalesce(sum(value * rows) FILTER (kind = ${literal(kind)}) / sum(rows) FILTER (kind = ${literal(kind)}), 0) AS ${kind}`,
  );
  const rows = await database.rows(`
    SELECT label, sum(rows) FILTER (kind = ${literal(kinds[0] ?? "")}) AS n, ${means.join(", ")} FROM lengths
    WHERE split = 'labels' AND kind IN (${kinds.map(literal).join(", ")})
    GROUP BY label ORDER BY n DESC, label LIMIT ${mostLabels}`);
  return rows.map((row) => {
    const values = Object.fromEntries(kinds.map((kind) => [kind, Number(row[kind])])) as Record<K, number>;
    return { label: String(row["label"]), rows: Number(row["n"]), ...values };
  });
}

function languagesOf(measured: readonly Measured[]): TextStatistics["languages"] {
  const found = new Map<string, Record<string, number>>();
  for (const [language, counts] of measured.flatMap(({ languages }) => Object.entries(languages))) {
    const sums = found.get(language) ?? {};
    for (const [split, rows] of Object.entries(counts)) sums[split] = (sums[split] ?? 0) + rows;
    found.set(language, sums);
  }
  const languages = [...found].map(([language, counts]) => ({
    language,
    rows: Object.values(counts).reduce((sum, rows) => sum + rows, 0),
    splits: Object.fromEntries(
      splits.flatMap((split) => (counts[split] === undefined ? [] : [[split, counts[split]]])),
    ),
  }));
  return languages.sort((left, right) => right.rows - left.rows || (left.language < right.language ? -1 : 1));
}
