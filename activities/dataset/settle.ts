import { type Problem, UserError } from "../errors.ts";
import type { Database } from "./database.ts";
import type { Phase } from "./engine/phase.ts";
import { type SplitName, splitNames } from "./engine/work.ts";
import type { Plan } from "./plan.ts";
import { type Rule, samplingRules } from "./sampling.ts";

export { type SplitName, splitNames };

/** What can be said of the rows only when all buckets are there. */
export type Settled = {
  /** Of the training rows, sorted; none where nothing is classified. */
  readonly labels: readonly string[];
  /** Labels that are in no training row: their rows are kept aside. */
  readonly unseen: readonly string[];
  readonly rules: readonly Rule[];
};

/** Finds the labels and who is left out. Throws `InvalidData` for fewer than two classes and for an empty split. */
export const settle: Phase = {
  name: "settle",
  title: "settling labels and samples",
  pieces: () => 1,
  async run(work): Promise<Settled> {
    using database = await work.database();
    const { plan } = work;
    const rows = work.allRows();
    await database.run(`CREATE TABLE counts AS SELECT split, label, count(*) AS n FROM ${rows} GROUP BY ALL`);
    const labels = await labelsOf(database, plan, "train");
    const known = new Set(labels);
    const unseen = (await labelsOf(database, plan, "any")).filter((label) => !known.has(label));
    const good = `(SELECT * FROM ${rows} WHERE ${hasKnownLabels(plan, unseen)})`;
    await checkSplits(database, plan, labels, unseen);
    return { labels, unseen, rules: await samplingRules(database, plan, good) };
  },
};

/** Whether each label of a row is in a training row, as SQL. */
export function hasKnownLabels({ recipe: { task } }: Plan, unseen: readonly string[]): string {
  if (unseen.length === 0) return "true";
  const list = `[${unseen.map((label) => `'${label.replaceAll("'", "''")}'`).join(", ")}]`;
  return task === "multi-label-classification"
    ? `NOT list_has_any(${labelList("label")}, ${list})`
    : `NOT list_contains(${list}, label)`;
}

/** The labels in a column of JSON arrays. */
export function labelList(column: string): string {
  return `CAST(CAST(${column} AS JSON) AS VARCHAR[])`;
}

async function labelsOf(database: Database, { recipe: { task } }: Plan, split: "train" | "any"): Promise<string[]> {
  if (task === "causal-lm") return [];
  const label = task === "multi-label-classification" ? `unnest(${labelList("label")})` : "label";
  const where = split === "train" ? "WHERE split = 'train'" : "";
  const rows = await database.rows(`SELECT DISTINCT ${label} AS label FROM counts ${where} ORDER BY label`);
  return rows.map((row) => String(row["label"]));
}

async function checkSplits(
  database: Database,
  plan: Plan,
  labels: readonly string[],
  unseen: readonly string[],
): Promise<void> {
  const { task, splits } = plan.recipe;
  const hasTestFile = plan.chunks.some(({ role }) => role === "test");
  const wantsValidation = splits.time === undefined ? splits.validation > 0 : splits.time.validation !== undefined;
  const found = await database.rows(
    `SELECT split, sum(n) AS n FROM counts WHERE ${hasKnownLabels(plan, unseen)} GROUP BY split`,
  );
  const problems: Problem[] = [];
  for (const split of splitNames.filter((name) => name !== "validation" || wantsValidation)) {
    if (found.some((row) => row["split"] === split)) continue;
    const fromFile = split === "train" || (split === "test" && hasTestFile);
    const path = fromFile ? `data.${split}` : splits.time === undefined ? `splits.${split}` : `splits.time.${split}`;
    problems.push({ path, message: `leaves the ${split} split empty: give more data or another share` });
  }
  if (task !== "causal-lm" && labels.length < 2)
    problems.push({
      path: "columns.label",
      message: `has ${labels.length} class(es) in the training rows; at least 2 are needed`,
    });
  if (problems.length > 0) throw new UserError("InvalidData", "the data cannot be trained on", problems);
}
