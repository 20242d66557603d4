import { UserError } from "../errors.ts";
import { type Database, identifier, literal } from "./database.ts";

/** What became of the rows that are in no split. */
export interface Partition {
  readonly rejected: readonly { readonly reason: string; readonly rows: number }[];
  readonly duplicates: { readonly withinSplits: number; readonly acrossSplits: number };
}

export interface PartitionOptions {
  readonly slices: readonly string[];
  /** Shares of all rows; `test` counts where the data has no test file. */
  readonly splits: { readonly validation: number; readonly test: number };
  readonly hasTestFile: boolean;
}

export const splitNames = ["train", "validation", "test"] as const;
export type SplitName = (typeof splitNames)[number];

/** Texts that differ only in letter case, spaces or Unicode form are the same text. */
export const normalised = (text: string): string =>
  `lower(trim(regexp_replace(nfc_normalize(${text}), '[\\s\\p{Z}]+', ' ', 'g')))`;

/**
 * Where a text falls in [0, 1): a function of the text alone, so that a row stays in its split however the data grows.
 * `key` is a SQL expression of a sha256 in hex.
 */
export const position = (key: string): string => `(CAST('0x' || substr(${key}, 1, 8) AS UBIGINT) / 4294967296.0)`;

/**
 * From the tables `source_train` and (maybe) `source_test`, makes the table `rows` (id, text, label, slices, split).
 * Rows are kept aside when text or label is empty, when the same text has several labels, when a label never
 * occurs in the training split; duplicates are dropped, and a training row whose text is in the test file too.
 * Throws `InvalidData` for fewer than two classes and for an empty split.
 */
export async function partition(database: Database, options: PartitionOptions): Promise<Partition> {
  await keyRows(database, options);
  const rejected = [
    await reject(database, "empty text", "key IS NULL"),
    await reject(database, "empty label", "label = ''"),
  ];
  rejected.push(
    await reject(
      database,
      "the same text has several labels",
      "(file, key) IN (SELECT (file, key) FROM keyed GROUP BY file, key HAVING count(DISTINCT label) > 1)",
    ),
  );
  const withinSplits = await dropDuplicates(database, options);
  const acrossSplits = await remove(database, "file = 'train' AND key IN (SELECT key FROM keyed WHERE file = 'test')");
  await assignSplits(database, options);
  rejected.push(
    await reject(
      database,
      "its label is in no training row",
      "label NOT IN (SELECT label FROM keyed WHERE split = 'train')",
    ),
  );
  await checkSplits(database, options);
  const slices = options.slices.map((name) => `, ${identifier(name)}`).join("");
  await database.run(`CREATE TABLE rows AS SELECT substr(key, 1, 32) AS id, text, label${slices}, split FROM keyed`);
  return { rejected: rejected.filter(({ rows }) => rows > 0), duplicates: { withinSplits, acrossSplits } };
}

async function keyRows(database: Database, { slices, hasTestFile }: PartitionOptions): Promise<void> {
  const columns = slices.map((name) => `, ${identifier(name)}`).join("");
  const files = hasTestFile ? ["train", "test"] : ["train"];
  const select = files.map(
    (file) => `
      SELECT ${literal(file)} AS file, text, coalesce(trim(label), '') AS label${columns},
        CASE WHEN ${normalised("text")} <> '' THEN sha256(${normalised("text")}) END AS key
      FROM source_${file}`,
  );
  await database.run(`CREATE TABLE keyed AS ${select.join(" UNION ALL ")}`);
}

async function assignSplits(database: Database, { splits, hasTestFile }: PartitionOptions): Promise<void> {
  const test = hasTestFile ? 0 : splits.test;
  await database.run(`
    CREATE OR REPLACE TABLE keyed AS
    SELECT *, CASE
      WHEN file = 'test' OR ${position("key")} < ${test} THEN 'test'
      WHEN ${position("key")} < ${test + splits.validation} THEN 'validation'
      ELSE 'train' END AS split
    FROM keyed`);
}

async function reject(
  database: Database,
  reason: string,
  condition: string,
): Promise<{ reason: string; rows: number }> {
  return { reason, rows: await remove(database, condition) };
}

/** Of rows with the same text, the same one stays in whatever order they come. */
async function dropDuplicates(database: Database, { slices }: PartitionOptions): Promise<number> {
  const order = ["text", "label", ...slices].map(identifier).join(", ");
  return replaceRows(
    database,
    `SELECT * FROM keyed QUALIFY row_number() OVER (PARTITION BY file, key ORDER BY ${order}) = 1`,
  );
}

function remove(database: Database, condition: string): Promise<number> {
  return replaceRows(database, `SELECT * FROM keyed WHERE NOT (${condition})`);
}

/** Puts the query's rows in the place of `keyed`; says how many fewer they are. */
async function replaceRows(database: Database, query: string): Promise<number> {
  const before = await database.count("SELECT count(*) FROM keyed");
  await database.run(`CREATE OR REPLACE TABLE keyed AS ${query}`);
  return before - (await database.count("SELECT count(*) FROM keyed"));
}

async function checkSplits(database: Database, { splits, hasTestFile }: PartitionOptions): Promise<void> {
  const classes = await database.count("SELECT count(DISTINCT label) FROM keyed WHERE split = 'train'");
  const needed = splitNames.filter((split) => split !== "validation" || splits.validation > 0);
  const problems: { path: string; message: string }[] = [];
  for (const split of needed) {
    if ((await database.count(`SELECT count(*) FROM keyed WHERE split = ${literal(split)}`)) > 0) continue;
    const path = split === "train" || (split === "test" && hasTestFile) ? `data.${split}` : `splits.${split}`;
    problems.push({ path, message: `leaves the ${split} split empty: give more data or another share` });
  }
  if (classes < 2)
    problems.push({
      path: "columns.label",
      message: `has ${classes} class(es) in the training rows; at least 2 are needed`,
    });
  if (problems.length > 0) throw new UserError("InvalidData", "the data cannot be trained on", problems);
}
