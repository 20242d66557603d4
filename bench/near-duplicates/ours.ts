/** Prepares Parquet files without near duplicates: `node bench/near-duplicates/ours.ts FOLDER MEMORY FILE…`. */
import { stat } from "node:fs/promises";
import { makePlan } from "../../activities/dataset/make-plan.ts";
import { nearDuplicates } from "../../activities/dataset/near-duplicates/pass.ts";
import { prepareFiles } from "../../activities/dataset/prepare-files.ts";
import { recipe } from "./recipe.ts";

const [folder = "", memory = "", ...files] = process.argv.slice(2);
const train = await Promise.all(
  files.map(async (path) => ({
    path,
    uri: path.slice(path.lastIndexOf("/") + 1),
    revision: "1",
    bytes: (await stat(path)).size,
    format: "parquet" as const,
  })),
);
const plan = makePlan({ recipe, sources: [{ name: "data", weight: 1, isRowWise: true, train, test: [] }] });
const { splits } = await prepareFiles({ plan, folder, memory: Number(memory), passes: [nearDuplicates] });
console.log(JSON.stringify({ kept: splits.train.rows + splits.validation.rows + splits.test.rows }));
