import { describe, expect, test } from "vitest";
import type { Serve } from "../../pipelines/promote/serve.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Champion } from "../../pipelines/retrain/run.ts";
import { validateRecipe } from "../../pipelines/retrain/validate.ts";
import { UserError } from "../errors.ts";
import type { PinnedRepo } from "../hub/hub.ts";
import { checkRequestForm, checkServed } from "./serving.ts";

const repo: PinnedRepo = { type: "model", name: "owner/model", revision: "0".repeat(40), gated: false };

/** As it is read, with every default. */
function recipe(serve?: object): Recipe {
  const parsed = validateRecipe({
    name: "example",
    task:
      serve !== undefined && "container" in serve && serve.container === "vllm" ? "causal-lm" : "text-classification",
    model: { base: "owner/model" },
    data: { source: "hub", dataset: "owner/data", train: "train.parquet" },
    train: { hardware: { tpu: "v5e", topology: "2x4" } },
    gate: {},
    promote: { endpoint: "example", machine: "a3-highgpu-1g" },
    ...(serve && { serve }),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

describe("checkServed", () => {
  const withConfig = (config: object) => ({ hub: { open: async () => new Blob([JSON.stringify(config)]) } });
  const check = (serve: object | undefined, modelType: string) =>
    checkServed(withConfig({ model_type: modelType }), recipe(serve), Promise.resolve(repo));

  test.each([
    [{ container: "vllm" }, "qwen3"],
    [{ container: "tei" }, "bert"],
    [{ container: "tei", image: "example.com/tei:1.9" }, "modernbert"],
    [{ container: "tei", image: "example.com/tei:1.9" }, "bert"],
    [{ container: "custom", image: "example.com/own" }, "anything"],
    [undefined, "anything"],
  ])("%j serves %s", async (serve, modelType) => {
    await expect(check(serve, modelType)).resolves.toBeUndefined();
  });

  test.each([
    [{ container: "vllm" }, "bert"],
    // The default image is of a TEI before ModernBERT.
    [{ container: "tei" }, "modernbert"],
    [{ container: "tei" }, "distilbert"],
    [{ container: "tei", image: "example.com/tei:1.9" }, "qwen3"],
  ])("%j does not serve %s", async (serve, modelType) => {
    const refusal = check(serve, modelType);
    await expect(refusal).rejects.toMatchObject({ code: "UnservedModel" });
    await expect(refusal).rejects.toThrow(modelType);
  });

  test("a config.json without a type is refused, and a model that is not there is left to who pins it", async () => {
    const tei = recipe({ container: "tei" });
    await expect(checkServed(withConfig({}), tei, Promise.resolve(repo))).rejects.toMatchObject({
      code: "UnservedModel",
    });
    await expect(checkServed(withConfig({}), tei, Promise.reject(new Error("no such model")))).resolves.toBeUndefined();
  });
});

describe("checkRequestForm", () => {
  const champion = (requests?: Champion["requests"]): Champion => ({
    modelVersion: "projects/p/locations/l/models/example@1",
    artifactUri: "gs://bucket/model",
    runId: null,
    ...(requests && { requests }),
  });
  const vllm = { container: "vllm" } satisfies Partial<Serve>;
  const custom = { container: "custom", image: "example.com/own" } satisfies Partial<Serve>;

  test.each([
    ["nothing serves yet", vllm, null],
    ["the same container", vllm, champion("vllm")],
    ["the trainer's, after the trainer's", undefined, champion()],
    ["a custom one, which is asked as the trainer's is", custom, champion("trainer")],
  ])("%s is let through", (_what, serve, serving) => {
    expect(() => checkRequestForm(recipe(serve), serving)).not.toThrow();
  });

  test.each([
    ["vLLM after the trainer", vllm, champion()],
    ["the trainer after vLLM", undefined, champion("vllm")],
    ["TEI after vLLM", { container: "tei" }, champion("vllm")],
  ])("%s is refused, with the setting and the endpoint", (_what, serve, serving) => {
    const refuse = () => checkRequestForm(recipe(serve), serving);
    expect(refuse).toThrow(UserError);
    expect(refuse).toThrow(expect.objectContaining({ code: "RequestFormChanged" }));
    expect(refuse).toThrow(
      expect.objectContaining({ problems: [{ path: "serve.container", message: expect.stringContaining("example") }] }),
    );
  });
});
