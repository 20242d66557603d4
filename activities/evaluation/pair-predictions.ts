import type { Comparison, PairedLosses, PairedTable } from "../../pipelines/retrain/evaluation.ts";
import { type Cell, Database, identifier, literal } from "../dataset/database.ts";
import { UserError } from "../errors.ts";

export interface PairPredictionsInput {
  /** Paths of two `predictions.parquet`. */
  readonly candidate: string;
  readonly champion: string;
  /** Slice columns, in the candidate's file. */
  readonly slices: readonly string[];
  readonly scratch: string;
}

const counts = `
  count(*) AS rows,
  count(*) FILTER (candidate AND champion) AS both_right,
  count(*) FILTER (candidate AND NOT champion) AS only_candidate,
  count(*) FILTER (champion AND NOT candidate) AS only_champion,
  count(*) FILTER (NOT candidate AND NOT champion) AS both_wrong`;

/** Over the rows' differences in loss; null where one of the files has none. */
const losses = `
  count(*) AS loss_rows,
  sum(difference) AS difference,
  coalesce(stddev_samp(difference), 0) AS deviation,
  sum(tokens) AS tokens`;

/** Joins both models' predictions row by row into 2 × 2 tables. Throws `InvalidEvaluation` when they are not of the same rows. */
export async function pairPredictions(
  input: PairPredictionsInput,
): Promise<{ overall: PairedTable } & Pick<Comparison, "slices">> {
  using database = await Database.open(input.scratch);
  const candidate = `read_parquet(${literal(input.candidate)})`;
  const champion = `read_parquet(${literal(input.champion)})`;
  const columns = input.slices.map((name) => `, c.${identifier(name)}`).join("");
  const both = (await hasLosses(database, candidate)) && (await hasLosses(database, champion));
  const measured = both ? `${counts}, ${losses}` : counts;
  // Of all tokens of a row, so that models that cut the same text otherwise can be compared.
  const loss = both ? ", c.loss * c.tokens - o.loss * o.tokens AS difference, c.tokens AS tokens" : "";
  await database.run(`
    CREATE TABLE pairs AS
    SELECT c.prediction = c.label AS candidate, o.prediction = c.label AS champion${loss}${columns}
    FROM ${candidate} c JOIN ${champion} o USING (id)`);
  const [row] = await database.rows(`SELECT ${measured} FROM pairs`);
  const overall = toTable(row ?? {});
  await checkRows(database, overall.rows, candidate, champion);
  const slices: Record<string, Record<string, PairedTable>> = {};
  for (const name of input.slices) {
    const rows = await database.rows(
      `SELECT ${identifier(name)} AS value, ${measured} FROM pairs GROUP BY ALL ORDER BY value`,
    );
    slices[name] = Object.fromEntries(rows.map((slice) => [String(slice["value"]), toTable(slice)]));
  }
  return { overall, slices };
}

async function hasLosses(database: Database, file: string): Promise<boolean> {
  const columns = await database.rows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${file})`);
  const names = new Set(columns.map((row) => row["column_name"]));
  return names.has("loss") && names.has("tokens");
}

async function checkRows(database: Database, paired: number, candidate: string, champion: string): Promise<void> {
  const mine = await database.count(`SELECT count(*) FROM ${candidate}`);
  const theirs = await database.count(`SELECT count(*) FROM ${champion}`);
  if (paired === mine && paired === theirs) return;
  throw new UserError(
    "InvalidEvaluation",
    `candidate and champion were not evaluated on the same rows: ${mine} and ${theirs}, of which ${paired} are the same`,
  );
}

function toTable(row: Record<string, Cell>): PairedTable {
  return {
    rows: Number(row["rows"] ?? 0),
    bothRight: Number(row["both_right"] ?? 0),
    onlyCandidateRight: Number(row["only_candidate"] ?? 0),
    onlyChampionRight: Number(row["only_champion"] ?? 0),
    bothWrong: Number(row["both_wrong"] ?? 0),
    ...(row["loss_rows"] === undefined ? {} : { losses: toLosses(row) }),
  };
}

function toLosses(row: Record<string, Cell>): PairedLosses {
  return {
    rows: Number(row["loss_rows"] ?? 0),
    difference: Number(row["difference"] ?? 0),
    deviation: Number(row["deviation"] ?? 0),
    tokens: Number(row["tokens"] ?? 0),
  };
}
