import { describe, expect, test } from "vitest";
import { parseRecipe } from "./read-recipe.ts";
import { recipeHash } from "./recipe-hash.ts";

const text = `
name: sections
task: text-classification
model: { base: owner/model }
data: { source: hub, dataset: owner/data, train: train.parquet }
train: { hardware: { tpu: v5e, topology: 2x2 } }
gate: { thresholds: { accuracy: 0.6 } }
promote: { endpoint: sections }
`;
const recipe = parseRecipe(text, "sections.yaml");
const hash = recipeHash(recipe);

describe("recipeHash", () => {
  test.each([
    ["description", { ...recipe, description: "other words" }],
    ["data revision", { ...recipe, data: { ...recipe.data, revision: "v2" } }],
    ["strategy", { ...recipe, train: { ...recipe.train, hardware: { ...recipe.train.hardware, strategy: "spot" } } }],
    ["canary", { ...recipe, promote: { ...recipe.promote, canary: [], cooldown: "1h" } }],
    ["schedule", { ...recipe, schedule: { every: "7d", paused: false } }],
    ["publish", { ...recipe, publish: { repo: "owner/out", private: true } }],
    ["sample for statistics", { ...recipe, statistics: { rows: 5000 } }],
    ["checkpoints", { ...recipe, train: { ...recipe.train, checkpointEvery: 7 } }],
  ] as [string, typeof recipe][])("is the same after another %s", (_name, changed) => {
    expect(recipeHash(changed)).toBe(hash);
  });

  test.each([
    ["epochs", { ...recipe, train: { ...recipe.train, epochs: 9 } }],
    ["threshold", { ...recipe, gate: { ...recipe.gate, thresholds: { accuracy: 0.7 } } }],
    ["columns", { ...recipe, columns: { ...recipe.columns, slices: ["status"] } }],
    ["approval", { ...recipe, approval: { deadline: "1h" } }],
    ["near duplicates", { ...recipe, nearDuplicates: { threshold: 0.9, shingle: 5, permutations: 128 } }],
    ["contamination", { ...recipe, contamination: { ngram: 13, share: 0, against: [] } }],
    ["endpoint", { ...recipe, promote: { ...recipe.promote, endpoint: "other" } }],
  ] as [string, typeof recipe][])("is another after another %s", (_name, changed) => {
    expect(recipeHash(changed)).not.toBe(hash);
  });

  test("leaves the commits of evaluation sets to the pins", () => {
    const against = { name: "quiz", dataset: "owner/quiz", revision: "main", files: "a.csv", columns: ["text"] };
    const of = (revision: string, name = "quiz") =>
      recipeHash({ ...recipe, contamination: { ngram: 13, share: 0, against: [{ ...against, name, revision }] } });
    expect(of("v2")).toBe(of("main"));
    expect(of("main", "other")).not.toBe(of("main"));
  });
});
