import type { Comparison, PairedTable } from "../../pipelines/retrain/evaluation.ts";
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

/** Joins both models' predictions row by row into 2 × 2 tables. Throws `InvalidEvaluation` when they are not of the same rows. */
export async function pairPredictions(
  input: PairPredictionsInput,
): Promise<{ overall: PairedTable } & Pick<Comparison, "slices">> {
  using database = await Database.open(input.scratch);
  const candidate = `read_parquet(${literal(input.candidate)})`;
  const champion = `read_parquet(${literal(input.champion)})`;
  const columns = input.slices.map((name) => `, c.${identifier(name)}`).join("");
  await database.run(`
    CREATE TABLE pairs AS
    SELECT c.prediction = c.label AS candidate, o.prediction = c.label AS champion${columns}
    FROM ${candidate} c JOIN ${champion} o USING (id)`);
  const [row] = await database.rows(`SELECT ${counts} FROM pairs`);
  const overall = toTable(row ?? {});
  await checkRows(database, overall.rows, candidate, champion);
  const slices: Record<string, Record<string, PairedTable>> = {};
  for (const name of input.slices) {
    const rows = await database.rows(
      `SELECT ${identifier(name)} AS value, ${counts} FROM pairs GROUP BY ALL ORDER BY value`,
    );
    slices[name] = Object.fromEntries(rows.map((slice) => [String(slice["value"]), toTable(slice)]));
  }
  return { overall, slices };
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
  };
}
