import { type Database, identifier, literal } from "./database.ts";
import type { Plan } from "./plan.ts";

/** Rows of some strata whose lot is above the stratum's limit are left out. */
export type Rule = {
  /** Columns whose values together are the stratum. */
  readonly by: readonly string[];
  readonly trainOnly: boolean;
  /** Stratum → greatest lot that stays; a stratum that is not here stays whole. */
  readonly limits: Readonly<Record<string, number>>;
};

/** A number that the id draws, in [0, 2 ** 52): other bits of the hash than those of its split. */
const lot = "CAST('0x' || substr(id, 9, 13) AS UBIGINT)";
const binBits = 40;

/** Whether a row stays, as SQL. */
export function staysBy(rules: readonly Rule[]): string {
  const conditions = rules
    .filter(({ limits }) => Object.keys(limits).length > 0)
    .map(({ by, trainOnly, limits }) => {
      const cases = Object.entries(limits).map(
        ([stratum, limit]) => `WHEN ${literal(stratum)} THEN ${lot} <= ${limit}`,
      );
      const within = `CASE ${stratumOf(by)} ${cases.join(" ")} ELSE true END`;
      return trainOnly ? `(split <> 'train' OR ${within})` : within;
    });
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

/** The rules that the recipe asks for, one after another: the mix, the balance, the number of rows. */
export async function samplingRules(database: Database, plan: Plan, rows: string): Promise<Rule[]> {
  const rules: Rule[] = [];
  const add = async (by: readonly string[], trainOnly: boolean, quotas: (counts: Counts) => Counts): Promise<void> => {
    const left = `(SELECT * FROM ${rows} WHERE ${staysBy(rules)} ${trainOnly ? "AND split = 'train'" : ""})`;
    const counts = await strata(database, left, by);
    rules.push({ by, trainOnly, limits: await limitsFor(database, left, by, counts, quotas(counts)) });
  };
  const { weights, recipe } = plan;
  if (Object.keys(weights).length > 1) await add(["source"], false, (counts) => mixQuotas(counts, weights));
  const { sampling } = recipe;
  if (sampling?.balance !== undefined)
    await add([sampling.balance], true, (counts) => balanceQuotas(counts, sampling.ratio));
  if (sampling?.rows !== undefined) {
    const most = sampling.rows;
    await add(sampling.stratify, true, (counts) => shareOut(counts, most));
  }
  return rules;
}

type Counts = ReadonlyMap<string, number>;

function stratumOf(by: readonly string[]): string {
  return by.length === 1 && by[0] !== undefined
    ? identifier(by[0])
    : `CAST(to_json([${by.map(identifier).join(", ")}]) AS VARCHAR)`;
}

async function strata(database: Database, rows: string, by: readonly string[]): Promise<Counts> {
  const found = await database.rows(
    `SELECT ${stratumOf(by)} AS stratum, count(*) AS n FROM ${rows} GROUP BY ALL ORDER BY ALL`,
  );
  return new Map(found.map((row) => [String(row["stratum"]), Number(row["n"])]));
}

/** As many rows as the scarcest source allows, in the proportions of the weights. */
export function mixQuotas(counts: Counts, weights: Readonly<Record<string, number>>): Counts {
  const weighted = [...counts].map(([source, rows]) => ({
    source,
    rows,
    weight: Object.hasOwn(weights, source) ? (weights[source] ?? 1) : 1,
  }));
  const rowsAWeight = Math.min(...weighted.map(({ rows, weight }) => rows / weight));
  return new Map(
    weighted.map(({ source, rows, weight }) => [source, Math.min(rows, Math.round(rowsAWeight * weight))]),
  );
}

export function balanceQuotas(counts: Counts, ratio: number): Counts {
  const most = Math.floor(Math.min(...counts.values()) * ratio);
  return new Map([...counts].map(([value, rows]) => [value, Math.min(rows, most)]));
}

/** `most` rows in the strata's proportions, to the row: by largest remainder. */
export function shareOut(counts: Counts, most: number): Counts {
  const total = [...counts.values()].reduce((sum, rows) => sum + rows, 0);
  if (total <= most) return counts;
  const exact = [...counts].map(([stratum, rows]) => ({ stratum, share: (most * rows) / total }));
  const quotas = new Map(exact.map(({ stratum, share }) => [stratum, Math.floor(share)]));
  const given = [...quotas.values()].reduce((sum, rows) => sum + rows, 0);
  const byRemainder = exact.toSorted(
    (left, right) => (right.share % 1) - (left.share % 1) || (left.stratum < right.stratum ? -1 : 1),
  );
  for (const { stratum } of byRemainder.slice(0, most - given)) quotas.set(stratum, (quotas.get(stratum) ?? 0) + 1);
  return quotas;
}

/** The greatest lot of each stratum's quota of rows: counted in bins first, so that no stratum is ever sorted whole. */
async function limitsFor(
  database: Database,
  rows: string,
  by: readonly string[],
  counts: Counts,
  quotas: Counts,
): Promise<Record<string, number>> {
  const cut = [...quotas].filter(([stratum, quota]) => quota < (counts.get(stratum) ?? 0));
  const limits = new Map<string, number>(cut.filter(([, quota]) => quota === 0).map(([stratum]) => [stratum, -1]));
  const wanted = cut.filter(([, quota]) => quota > 0);
  if (wanted.length === 0) return Object.fromEntries(limits);
  const bins = await database.rows(`
    SELECT ${stratumOf(by)} AS stratum, ${lot} >> ${binBits} AS bin, count(*) AS n
    FROM ${rows} GROUP BY ALL ORDER BY ALL`);
  const places = wanted.map(([stratum, quota]) => {
    let before = 0;
    for (const row of bins.filter((one) => String(one["stratum"]) === stratum)) {
      const count = Number(row["n"]);
      if (before + count >= quota) return { stratum, bin: Number(row["bin"]), number: quota - before };
      before += count;
    }
    throw new Error(`the stratum ${stratum} has fewer rows than were counted`);
  });
  const values = places.map(({ stratum, bin, number }) => `(${literal(stratum)}, ${bin}, ${number})`);
  const found = await database.rows(`
    WITH places(stratum, bin, number) AS (VALUES ${values.join(", ")}),
    drawn AS (SELECT ${stratumOf(by)} AS stratum, ${lot} AS lot FROM ${rows}),
    near AS (SELECT drawn.stratum, lot, number FROM drawn JOIN places ON drawn.stratum = places.stratum AND lot >> ${binBits} = bin)
    SELECT stratum, lot FROM near QUALIFY row_number() OVER (PARTITION BY stratum ORDER BY lot) = number`);
  for (const row of found) limits.set(String(row["stratum"]), Number(row["lot"]));
  return Object.fromEntries(limits);
}
