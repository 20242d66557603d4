import type { PlannedRecipe } from "../../activities/dataset/plan.ts";
import { plannedRecipe } from "../../activities/dataset/prepare-data.ts";
import { validateRecipe } from "../../pipelines/retrain/validate.ts";

const parsed = validateRecipe({
  name: "bench",
  task: "text-classification",
  model: { base: "owner/model" },
  data: { source: "file", train: "*.parquet" },
  nearDuplicates: { threshold: 0.8, shingle: 5, permutations: 128 },
  train: { hardware: { machine: "c3-standard-4" } },
  gate: {},
  promote: { endpoint: "bench" },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));

export const recipe: PlannedRecipe = plannedRecipe(parsed.value);
