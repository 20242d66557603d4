/** Prepares Parquet files: `node bench/prepare/ours.ts FOLDER MEMORY FILE…`, with MEMORY in bytes. */
import { stat } from "node:fs/promises";
import { makePlan } from "../../activities/dataset/make-plan.ts";
import type { PlannedRecipe } from "../../activities/dataset/plan.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";
import { validateRecipe } from "../../pipelines/retrain/validate.ts";

const [folder = "", memory = "", ...files] = process.argv.slice(2);
const parsed = validateRecipe({
  name: "bench",
  task: "text-classification",
  model: { base: "owner/model" },
  data: { source: "file", train: "*.parquet" },
  train: { hardware: { machine: "c3-standard-4" } },
  gate: {},
  promote: { endpoint: "bench" },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { task, columns, schema, splits, statistics } = parsed.value;
const recipe: PlannedRecipe = { task, columns, schema, splits, statistics };
const train = await Promise.all(
  files.map(async (path) => ({
    path,
    uri: path.slice(path.lastIndexOf("/") + 1),
    revision: "1",
    bytes: (await stat(path)).size,
    format: "parquet" as const,
  })),
);
// No statistics and no report: what Python's datasets makes, too.
const started = performance.now();
const plan = makePlan({ recipe, sources: [{ name: "data", weight: 1, isRowWise: true, train, test: [] }] });
const manifest = await prepareFiles({ plan, folder, memory: Number(memory), passes: [] });
const rows = Object.fromEntries(Object.entries(manifest.splits).map(([name, split]) => [name, split.rows]));
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ rows, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 }));
