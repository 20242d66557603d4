import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseRecipe } from "../resolve/read-recipe.ts";
import { modelCard } from "./model-card.ts";

const recipe = parseRecipe(
  `
name: sections
task: text-classification
model: { base: owner/base }
data: { source: hub, dataset: owner/data, train: train.parquet }
train: { hardware: { tpu: v5e, topology: 2x2 } }
gate: {}
promote: { endpoint: sections }
publish: { repo: owner/sections }
`,
  "sections.yaml",
);

const candidate = {
  schemaVersion: 1,
  task: "text-classification",
  split: "test",
  rows: 10,
  metrics: { accuracy: 0.8, macroF1: 0.75, loss: 0.5 },
  perClass: [
    { label: "a|b", support: 4, precision: 0.7, recall: 0.8, f1: 0.75 },
    { label: "c", support: 6, precision: 0.9, recall: 0.8, f1: 0.85 },
  ],
  confusionMatrix: [
    [3, 1],
    [0, 6],
  ],
  slices: {},
  rowsPerSecond: 100,
} as const;

const input = {
  repo: "owner/sections",
  private: true,
  recipe,
  pins: {
    recipe: { name: "sections", hash: "hash" },
    baseModel: { repo: "owner/base", revision: "sha-of-base" },
    data: { source: "hub", dataset: "owner/data", revision: "sha-of-data", train: ["train.parquet"], test: null },
    trainerImage: "trainer@sha256:1",
  },
  candidate: {
    modelUri: "",
    evaluationUri: "",
    predictionsUri: "",
    championEvaluationUri: null,
    championPredictionsUri: null,
  },
  data: {
    uri: "",
    manifestUri: "",
    digest: "",
    rows: { train: 80, validation: 10, test: 10 },
    labels: ["a|b", "c"],
    rejectedRows: 2,
    duplicateRows: 3,
    baseModelUri: "",
  },
  modelVersion: "projects/p/locations/l/models/sections@1",
  decision: "promoted",
  comparison: { candidate, champion: null, overall: null, slices: {} },
  workflowId: "run-1",
} as const;

test("the card opens with metadata that the Hub reads", () => {
  const [, front] = modelCard(input).split("---\n");
  expect(parse(front ?? "")).toMatchObject({
    pipeline_tag: "text-classification",
    base_model: "owner/base",
    datasets: ["owner/data"],
    "model-index": [
      {
        results: [
          {
            metrics: [
              { type: "accuracy", value: 0.8 },
              { type: "f1", value: 0.75 },
            ],
          },
        ],
      },
    ],
  });
});

test("the card names every pin, and keeps its tables whole", () => {
  const card = modelCard(input);
  for (const pin of ["sha-of-base", "sha-of-data", "trainer@sha256:1", "run-1", "models/sections@1"])
    expect(card).toContain(pin);
  expect(card).toContain("| a\\|b | 4 | 0.700 | 0.800 | 0.750 |");
  expect(card).toContain("| a\\|b | c | 1 |");
  expect(card).not.toContain("The one before");
  expect(modelCard(input)).toBe(card);
});

test("the card of a challenger shows the champion beside it", () => {
  const overall = { rows: 10, bothRight: 6, onlyCandidateRight: 2, onlyChampionRight: 1, bothWrong: 1 };
  const card = modelCard({ ...input, comparison: { ...input.comparison, champion: candidate, overall } });
  expect(card).toContain("| Metric | This model | The one before |");
  expect(card).toContain("this model alone was right on 2, the one before alone on 1");
});

test("a team's own metrics stand below the others, beside the champion's", () => {
  const own = (value: number) => ({ ...candidate, custom: { cost: { value, better: "lower" as const } } });
  const comparison = { ...input.comparison, candidate: own(1.25), champion: own(1.5) };
  expect(modelCard({ ...input, comparison })).toContain("| cost | 1.250 | 1.500 |");
});
