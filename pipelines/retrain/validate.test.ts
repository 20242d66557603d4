import { describe, expect, it } from "vitest";
import { validateRecipe, validateRequest } from "./validate.ts";

const recipe = {
  name: "example",
  task: "text-classification",
  model: { base: "owner/model" },
  data: { source: "hub", dataset: "owner/data", train: "train.parquet" },
  train: { hardware: { tpu: "v5e", topology: "2x4" } },
  gate: { thresholds: { accuracy: 0.6 } },
  promote: { endpoint: "example" },
};

describe("a recipe", () => {
  it("gets every default, in the branches of its unions too", () => {
    const parsed = validateRecipe(recipe);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        model: { revision: "main" },
        data: { revision: "main" },
        columns: { text: "text", label: "label", slices: [] },
        splits: { validation: 0.1 },
        train: { epochs: 2, hardware: { strategy: "on-demand" } },
        gate: { champion: { alpha: 0.05 } },
        promote: { replicas: 1, canary: [{ percent: 10 }, { percent: 50 }] },
      },
    });
  });

  it("refuses what makes no sense for the task, all of it at once", () => {
    const paths = (value: unknown) => {
      const parsed = validateRecipe(value);
      return parsed.ok ? [] : parsed.problems.map(({ path }) => path).sort();
    };
    expect(paths({ ...recipe, train: { ...recipe.train, lora: {} }, gate: { thresholds: { perplexity: 3 } } })).toEqual(
      ["gate.thresholds.perplexity", "train.lora"],
    );
    expect(paths({ ...recipe, train: { ...recipe.train, command: ["python", "train.py"] } })).toEqual([
      "train.command",
    ]);
    const writing = { ...recipe, task: "causal-lm", train: { ...recipe.train, lora: {} }, gate: {} };
    expect(paths(writing)).toEqual([]);
    expect(
      paths({
        ...writing,
        train: { ...writing.train, selectBy: "accuracy", classWeights: "balanced" },
        evaluate: { maxNewTokens: 0 },
        gate: { thresholds: { accuracy: 0.5, exactMatch: 0.5 }, champion: { metric: "macroF1" } },
      }),
    ).toEqual([
      "gate.champion.metric",
      "gate.thresholds.accuracy",
      "gate.thresholds.exactMatch",
      "train.classWeights",
      "train.selectBy",
    ]);
  });

  it("may have metrics of the team's own, and thresholds of those only", () => {
    const cost = { name: "cost", module: "team.metrics", function: "cost", better: "lower" };
    const paths = (metrics: unknown[], custom: Record<string, number>, train: object = recipe.train) => {
      const parsed = validateRecipe({ ...recipe, train, evaluate: { metrics }, gate: { thresholds: { custom } } });
      return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
    };
    expect(paths([cost], { cost: 2 })).toEqual([]);
    expect(paths([cost, cost], {})).toEqual(["evaluate.metrics[1].name"]);
    expect(paths([{ ...cost, name: "accuracy" }], {})).toEqual(["evaluate.metrics[0].name"]);
    expect(paths([cost], { price: 2 })).toEqual(["gate.thresholds.custom.price"]);
    const own = { ...recipe.train, image: "team/image", command: ["python", "train.py"] };
    expect(paths([cost], {}, own)).toEqual(["evaluate.metrics"]);
  });

  it("leaves what it was given as it was", () => {
    const given = structuredClone(recipe);
    validateRecipe(given);
    expect(given).toEqual(recipe);
  });

  it("lists every problem at once, with its path and the name that was meant", () => {
    const parsed = validateRecipe({
      ...recipe,
      data: { source: "hub", dataset: "owner/data", train: 3, revison: "main" },
      train: { epoch: 3, hardware: { tpu: "v4", topology: "2x4" } },
      promote: { endpoint: "Not A Name", canary: [{ percent: 120, bake: "ten" }] },
    });
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path).sort()).toEqual([
      "data.revison",
      "data.train",
      "promote.canary[0].bake",
      "promote.canary[0].percent",
      "promote.endpoint",
      "train.epoch",
      "train.hardware.tpu",
    ]);
    expect(JSON.stringify(parsed)).toContain("did you mean revision?");
    expect(JSON.stringify(parsed)).toContain("did you mean epochs?");
  });
});

describe("a request", () => {
  it.each([null, 3, "debian-sections", [], {}])("that is %j is refused, not crashed on", (value) => {
    expect(validateRequest(value).ok).toBe(false);
  });

  it("needs only the recipe's name", () => {
    expect(validateRequest({ recipe: "debian-sections" })).toEqual({ ok: true, value: { recipe: "debian-sections" } });
  });

  it("names the field that a misspelled one was meant to be", () => {
    const parsed = validateRequest({ recipe: "a", forse: true, train: { seeds: "x" } });
    expect(parsed).toMatchObject({
      ok: false,
      problems: [
        { path: "forse", message: "is not a known field; did you mean force?" },
        { path: "train.seeds", message: "is not a known field; did you mean seed?" },
      ],
    });
  });
});
