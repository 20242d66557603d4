import type { Manifest } from "../../../trainer/contract/generated/contract.ts";
import { type Cell, type Database, identifier, literals } from "../database.ts";
import { kolmogorovSurvival } from "./distributions.ts";
import { type ColumnDrift, type Drift, level, type NamedRows, verdictOf, type WordChange } from "./drift.ts";
import { type Count, chiSquared, holm, populationStability } from "./tests.ts";
import { dimensions, type HashedText, textDistance } from "./text-distance.ts";

/** A data set to compare, and where shards of its training split lie. They are in the order of their rows' ids, which
 * are hashes, so that the first ones are a random sample. */
export interface Side {
  readonly uri: string;
  readonly manifest: Manifest;
  readonly shards: readonly string[];
}

export const driftVersion = 2;
/** Texts of each side whose words are compared: enough to see 1 % of the spread. */
const comparedTexts = 1500;
const shownWords = 12;
const words = "regexp_extract_all(lower(text), '[\\p{L}\\p{N}]+')";
const sides = ["champion", "data"] as const;
type SideName = (typeof sides)[number];

type Untested = Omit<ColumnDrift, "adjusted" | "drift">;

/** Both have rows in `shards`. Deterministic; DuckDB does the counting. */
export async function compareData(database: Database, champion: Side, data: Side): Promise<Drift> {
  await readRows(database, { champion, data });
  const { manifest } = data;
  const shared = manifest.slices.filter((slice) => champion.manifest.slices.includes(slice));
  const slices: Untested[] = [];
  for (const slice of shared) slices.push(...categories(slice, await valueCounts(database, slice)));
  const columns: Untested[] = [
    ...categories("label", labelCounts(champion.manifest, manifest)),
    ...slices,
    await numbers(database, "characters", "length(text)"),
    await numbers(database, "words", `len(${words})`),
    ...categories("language", languageCounts(champion.manifest, manifest)),
    ...categories("tokens", tokenCounts(champion.manifest, manifest)),
    await texts(database),
  ];
  const adjusted = holm(columns.map(({ pValue }) => pValue));
  const judged = columns.map((column, index): ColumnDrift => {
    const tested = { ...column, adjusted: adjusted[index] ?? 1 };
    return { ...tested, drift: verdictOf(tested) };
  });
  return {
    version: driftVersion,
    champion: await described(database, champion, "champion"),
    data: await described(database, data, "data"),
    level,
    columns: judged,
    labels: labelChanges(champion.manifest, manifest),
    schema: schemaChanges(champion.manifest, manifest),
    words: await wordChanges(database),
  };
}

async function readRows(database: Database, both: Record<SideName, Side>): Promise<void> {
  const slices = both.data.manifest.slices.filter((slice) => both.champion.manifest.slices.includes(slice));
  const columns = ["id", "text", ...slices].map(identifier).join(", ");
  const parts = sides.map(
    (side) =>
      `SELECT '${side}' AS side, ${columns} FROM read_parquet([${literals(both[side].shards)}], hive_partitioning = false)`,
  );
  // The id is read first: a slice may have any name, also that of a column of ours.
  await database.run(`CREATE OR REPLACE TEMP TABLE compared AS ${parts.join(" UNION ALL ")}`);
}

async function described(database: Database, { uri, manifest }: Side, side: SideName): Promise<Drift["data"]> {
  const sampled = await database.count(`SELECT count(*) FROM compared WHERE side = '${side}'`);
  return { uri, rows: manifest.splits.train.rows, sampled };
}

/** None where there is nothing to compare, or only one value. */
function categories(column: string, bins: readonly Count[]): Untested[] {
  const has = (side: SideName): boolean => bins.some((count) => count[side] > 0);
  if (!has("champion") || !has("data") || bins.length < 2) return [];
  return [{ column, test: "chi-squared", ...chiSquared(bins), psi: populationStability(bins), bins }];
}

async function numbers(database: Database, column: string, expression: string): Promise<Untested> {
  await database.run(`CREATE OR REPLACE TEMP TABLE measured AS SELECT side, ${expression} AS value FROM compared`);
  const [row] = await database.rows(`
    WITH counts AS (
      SELECT value, count(*) FILTER (side = 'champion') AS champion, count(*) FILTER (side = 'data') AS data
      FROM measured GROUP BY value
    ), sums AS (
      SELECT sum(champion) OVER (ORDER BY value) AS champion, sum(data) OVER (ORDER BY value) AS data FROM counts
    ), totals AS (SELECT sum(champion) AS champion, sum(data) AS data FROM counts)
    SELECT max(abs(sums.champion / totals.champion - sums.data / totals.data)) AS distance,
      any_value(totals.champion)::DOUBLE AS champion, any_value(totals.data)::DOUBLE AS data
    FROM sums, totals`);
  const { distance, champion, data } = {
    distance: Number(row?.["distance"]),
    champion: Number(row?.["champion"]),
    data: Number(row?.["data"]),
  };
  const bins = await decileCounts(database);
  return {
    column,
    test: "kolmogorov-smirnov",
    statistic: distance,
    pValue: kolmogorovSurvival(distance, (champion * data) / (champion + data)),
    effect: distance,
    psi: populationStability(bins),
    bins,
  };
}

/** By the champion's deciles: fewer bins where many rows have the same value. */
async function decileCounts(database: Database): Promise<Count[]> {
  const deciles = Array.from({ length: 9 }, (_, index) => (index + 1) / 10);
  const [row] = await database.rows(`
    SELECT to_json(list_sort(list_distinct(quantile_disc(value, [${deciles}])))) AS edges
    FROM measured WHERE side = 'champion'`);
  const edges = JSON.parse(String(row?.["edges"])) as number[];
  const counts = await counted(database, `len(list_filter([${edges}], lambda edge: value > edge))`, "measured");
  return [...edges, Number.POSITIVE_INFINITY].map((edge, index) => {
    const count = counts.find(({ name }) => name === String(index));
    const before = edges[index - 1];
    const name =
      edge === Number.POSITIVE_INFINITY ? `> ${before}` : before === undefined ? `≤ ${edge}` : `${before + 1}–${edge}`;
    return {
      name: before !== undefined && before + 1 === edge ? `${edge}` : name,
      champion: count?.champion ?? 0,
      data: count?.data ?? 0,
    };
  });
}

async function valueCounts(database: Database, column: string): Promise<Count[]> {
  return counted(database, identifier(column), "compared");
}

/** Most frequent first. */
async function counted(database: Database, expression: string, table: string): Promise<Count[]> {
  const rows = await database.rows(`
    SELECT (${expression})::VARCHAR AS name, count(*) FILTER (side = 'champion')::DOUBLE AS champion,
      count(*) FILTER (side = 'data')::DOUBLE AS data
    FROM ${table} GROUP BY name ORDER BY count(*) DESC, name`);
  return rows.map(toCount);
}

function toCount(row: Readonly<Record<string, Cell>>): Count {
  return { name: String(row["name"]), champion: Number(row["champion"]), data: Number(row["data"]) };
}

async function texts(database: Database): Promise<Untested> {
  const read = async (side: SideName): Promise<HashedText[]> => {
    const rows = await database.rows(`
      SELECT to_json(list_transform(${words}, lambda word: (md5_number_lower(word) % ${dimensions})::INTEGER)) AS places
      FROM compared WHERE side = '${side}' ORDER BY id LIMIT ${comparedTexts}`);
    return rows.map((row) => Uint32Array.from(JSON.parse(String(row["places"])) as number[]));
  };
  const distance = textDistance(await read("champion"), await read("data"));
  return { column: "text", test: "mmd", ...distance, psi: null, bins: [] };
}

/**
 * Log odds with the words of both as the prior, which keeps rare words from winning.
 * (Monroe, Colaresi and Quinn 2008, https://doi.org/10.1093/pan/mpn018)
 */
async function wordChanges(database: Database): Promise<Drift["words"]> {
  const prior = 1000;
  const read = async (direction: "DESC" | "ASC"): Promise<WordChange[]> => {
    const rows = await database.rows(`
      WITH tokens AS (SELECT side, unnest(${words}) AS word FROM compared),
      counts AS (
        SELECT word, count(*) FILTER (side = 'champion')::DOUBLE AS champion, count(*) FILTER (side = 'data')::DOUBLE AS data
        FROM tokens GROUP BY word
      ), totals AS (SELECT sum(champion) AS champion, sum(data) AS data FROM counts),
      smoothed AS (
        SELECT word, counts.champion, counts.data, totals.champion AS champions, totals.data AS datas,
          ${prior} * (counts.champion + counts.data) / (totals.champion + totals.data) AS prior
        FROM counts, totals
      ), scored AS (
        SELECT *, (ln((data + prior) / (datas + ${prior} - data - prior))
          - ln((champion + prior) / (champions + ${prior} - champion - prior)))
          / sqrt(1 / (data + prior) + 1 / (champion + prior)) AS score
        FROM smoothed
      )
      SELECT word, 1e6 * champion / champions AS champion, 1e6 * data / datas AS data
      FROM scored WHERE ${direction === "DESC" ? "score > 3" : "score < -3"}
      ORDER BY round(score, 9) ${direction}, word LIMIT ${shownWords}`);
    return rows.map((row) => ({
      word: String(row["word"]),
      champion: rounded(row["champion"]),
      data: rounded(row["data"]),
    }));
  };
  return { risen: await read("DESC"), fallen: await read("ASC") };
}

/** A tenth of a word in a million. */
function rounded(cell: Cell | undefined): number {
  return Math.round(Number(cell) * 10) / 10;
}

function paired(champion: Readonly<Record<string, number>>, data: Readonly<Record<string, number>>): Count[] {
  const names = [...new Set([...Object.keys(champion), ...Object.keys(data)])];
  return names
    .map((name) => ({ name, champion: champion[name] ?? 0, data: data[name] ?? 0 }))
    .sort(
      (left, right) => right.champion + right.data - left.champion - left.data || (left.name < right.name ? -1 : 1),
    );
}

function labelCounts(champion: Manifest, data: Manifest): Count[] {
  return paired(champion.splits.train.labelCounts, data.splits.train.labelCounts);
}

function languageCounts(champion: Manifest, data: Manifest): Count[] {
  const rows = ({ statistics }: Manifest) =>
    Object.fromEntries(
      (statistics?.text?.languages ?? []).map(({ language, splits }) => [language, splits["train"] ?? 0]),
    );
  return paired(rows(champion), rows(data));
}

/** Of the sampled rows of all splits, between the lengths for which shares are known: 16, 32, … tokens. */
function tokenCounts(champion: Manifest, data: Manifest): Count[] {
  const before = tokenBins(champion);
  const now = tokenBins(data);
  if (before.size === 0 || now.size === 0) return [];
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((name) => ({ name, champion: before.get(name) ?? 0, data: now.get(name) ?? 0 }))
    .filter((count) => count.champion + count.data > 0);
}

function tokenBins({ statistics }: Manifest): Map<string, number> {
  const { longer = [], sampled = 0 } = statistics?.tokens ?? {};
  const bins = new Map<string, number>();
  let above = { tokens: 0, rows: sampled };
  for (const { tokens, share } of longer.toSorted((left, right) => left.tokens - right.tokens)) {
    const rows = Math.round(share * sampled);
    bins.set(above.tokens === 0 ? `≤ ${tokens}` : `${above.tokens + 1}–${tokens}`, above.rows - rows);
    above = { tokens, rows };
  }
  if (bins.size > 0) bins.set(`> ${above.tokens}`, above.rows);
  return bins;
}

function labelChanges(champion: Manifest, data: Manifest): Drift["labels"] {
  const only = (here: Manifest, there: Manifest): NamedRows[] =>
    here.labels
      .filter((label) => !there.labels.includes(label))
      .map((name) => ({ name, rows: here.splits.train.labelCounts[name] ?? 0 }));
  return { appeared: only(data, champion), vanished: only(champion, data) };
}

function schemaChanges(champion: Manifest, data: Manifest): Drift["schema"] {
  const before = new Map((champion.schema ?? []).map(({ name, type }) => [name, type]));
  const now = new Map((data.schema ?? []).map(({ name, type }) => [name, type]));
  // Manifests of older preparations do not name their columns.
  if (before.size === 0 || now.size === 0) return { appeared: [], vanished: [], changed: [] };
  return {
    appeared: [...now.keys()].filter((name) => !before.has(name)),
    vanished: [...before.keys()].filter((name) => !now.has(name)),
    changed: [...now].flatMap(([name, type]) => {
      const old = before.get(name);
      return old === undefined || old === type ? [] : [{ name, champion: old, data: type }];
    }),
  };
}
