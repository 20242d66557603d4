import { expect, test } from "vitest";
import { validateRecipe } from "./validate.ts";

const recipe = {
  name: "example",
  task: "causal-lm",
  model: { base: "owner/model" },
  data: { source: "hub", dataset: "owner/data", train: "train.parquet" },
  train: { hardware: { tpu: "v5e", topology: "2x4" } },
  gate: {},
  promote: { endpoint: "example", machine: "a3-highgpu-1g" },
};
const problems = (changes: object) => {
  const parsed = validateRecipe({ ...recipe, ...changes });
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path).sort();
};

test("vLLM serves language models, on machines with GPUs", () => {
  expect(problems({ serve: { container: "vllm" } })).toEqual([]);
  expect(problems({ serve: { container: "vllm" }, promote: { endpoint: "example" } })).toEqual(["promote.machine"]);
  expect(problems({ task: "text-classification", serve: { container: "vllm" } })).toEqual(["serve.container"]);
});

test("TEI serves classifiers of one label, also on a CPU", () => {
  const promote = { endpoint: "example" };
  const serve = { container: "tei" };
  expect(problems({ task: "text-classification", serve, promote })).toEqual([]);
  expect(problems({ task: "multi-label-classification", serve, promote })).toEqual(["serve.container"]);
  expect(problems({ serve, promote })).toEqual(["serve.container"]);
});

test("a container of one's own names its image", () => {
  expect(problems({ serve: { container: "custom" } })).toEqual(["serve.image"]);
  expect(problems({ serve: { container: "custom", image: "example.com/own", predictRoute: "predict" } })).toEqual([
    "serve.predictRoute",
  ]);
});
