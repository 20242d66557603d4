import { ARRAY, arrayValue, DOUBLE, type DuckDBValue, VARCHAR } from "@duckdb/node-api";
import { type Database, literal, literals } from "../database.ts";
import type { Phase } from "../engine/phase.ts";
import { range, type Work } from "../engine/work.ts";
import { GroupComparison, type Pair } from "./compare.ts";
import { comparedText, optionsOf } from "./options.ts";
import { Shingler, shingleSet } from "./shingles.ts";
import { bandKeys, sketch } from "./sketch.ts";

/** Parquet for the next phase alone. */
export const passing = "(FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 16384)";

export function parquet(files: readonly string[]): string {
  return `read_parquet([${literals(files)}], hive_partitioning = false)`;
}

/** A bucket's rows become `bands.parquet`: id, and the key of each band. */
export const sign: Phase = {
  name: "near-duplicates.sign",
  title: "sketching the rows",
  pieces: ({ buckets }) => buckets,
  async run(work, bucket) {
    const options = optionsOf(work.plan);
    const shingler = new Shingler(options.shingle);
    const values = new Float64Array(options.bands * options.rows);
    using database = await work.database();
    database.define("band_keys", ARRAY(DOUBLE, options.bands), (text) => {
      const shingles = shingler.of(text);
      if (shingles.count === 0) return null;
      sketch(shingles, values);
      return arrayValue(bandKeys(values, options));
    });
    const text = comparedText(work.plan.recipe);
    await database.run(`CREATE TABLE signed AS SELECT id, band_keys(${text}) AS keys FROM ${work.rows(bucket)}`);
    const keys = range(options.bands).map((band) => `keys[${band + 1}] AS band_${band}`);
    await database.run(`
      COPY (SELECT id, ${keys.join(", ")} FROM signed WHERE keys IS NOT NULL ORDER BY id)
      TO ${literal(work.target("bands.parquet"))} ${passing}`);
    return null;
  },
};

/**
 * A band by itself: `groups.parquet` has the rows whose key another row has too. Rows that are together in several bands
 * have the same group in all of them, so that they are compared once.
 */
export const match: Phase = {
  name: "near-duplicates.match",
  title: "finding rows that may be near duplicates",
  pieces: (plan) => optionsOf(plan).bands,
  async run(work, band) {
    using database = await work.database();
    const keys = `(SELECT id, band_${band} AS key FROM ${parquet(work.files(sign, "bands.parquet"))})`;
    await database.run(`
      CREATE TABLE shared AS
      SELECT key, bit_xor(hash(id)) AS "group" FROM ${keys} GROUP BY key HAVING count(*) > 1`);
    await database.run(`
      COPY (SELECT "group", id FROM ${keys} JOIN shared USING (key) ORDER BY id, "group")
      TO ${literal(work.target("groups.parquet"))} ${passing}`);
    return null;
  },
};

/** `texts.parquet`: what of a bucket's rows is in groups, ordered by the piece that will compare them. */
export const collect: Phase = {
  name: "near-duplicates.collect",
  title: "collecting rows that may be near duplicates",
  pieces: ({ buckets }) => buckets,
  async run(work, bucket) {
    using database = await work.database();
    const [ids] = await database.rows(`SELECT min(id) AS first, max(id) AS last FROM ${work.rows(bucket)}`);
    const [first, last] = [ids?.["first"], ids?.["last"]].map((id) => literal(String(id ?? "")));
    const groups = `SELECT DISTINCT "group", id FROM ${parquet(work.files(match, "groups.parquet"))} WHERE id BETWEEN ${first} AND ${last}`;
    await database.run(`
      COPY (
        SELECT "group" % ${compare.pieces(work.plan)} AS piece, "group", id, split, ${comparedText(work.plan.recipe)} AS text
        FROM (${groups}) JOIN ${work.rows(bucket)} USING (id)
        ORDER BY piece, "group", id
      ) TO ${literal(work.target("texts.parquet"))} ${passing}`);
    return null;
  },
};

/** `pairs.parquet`: of a part of the groups, pairs whose shingles were counted, and that connect what is similar. */
export const compare: Phase = {
  name: "near-duplicates.compare",
  title: "comparing rows that may be near duplicates",
  pieces: ({ buckets }) => Math.ceil(buckets / 4),
  async run(work, piece): Promise<{ uncompared: number }> {
    using database = await work.database();
    await database.run("CREATE TABLE pairs (left_id VARCHAR, right_id VARCHAR, similarity DOUBLE)");
    const uncompared = await compareGroups(work, database, piece);
    await database.run(`
      COPY (SELECT DISTINCT * FROM pairs ORDER BY ALL) TO ${literal(work.target("pairs.parquet"))} ${passing}`);
    return { uncompared };
  },
};

async function compareGroups(work: Work, database: Database, piece: number): Promise<number> {
  const { threshold, shingle } = optionsOf(work.plan);
  const shingler = new Shingler(shingle);
  let group: unknown;
  let comparison = new GroupComparison(threshold);
  let uncompared = 0;
  const texts = parquet(work.files(collect, "texts.parquet"));
  for await (const rows of database.stream(
    `SELECT "group", id, text FROM ${texts} WHERE piece = ${piece} ORDER BY "group", id`,
  )) {
    const found: Pair[] = [];
    for (const row of rows) {
      if (row["group"] !== group) {
        group = row["group"];
        uncompared += comparison.unkept;
        comparison = new GroupComparison(threshold);
      }
      const shingles = shingleSet(shingler.of(String(row["text"])));
      found.push(...comparison.add({ id: String(row["id"]), shingles }));
    }
    const values = found.map(({ left, right, similarity }): DuckDBValue[] => [left, right, similarity]);
    await database.append("pairs", [VARCHAR, VARCHAR, DOUBLE], values);
  }
  return uncompared + comparison.unkept;
}
