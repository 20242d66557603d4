import { describe, expect, test } from "vitest";
import { validateSpec } from "../../specs/index.ts";
import { trainAndEvaluateOutputs } from "./job-outputs.ts";
import { trainAndEvaluate } from "./pipeline.ts";
import type { Recipe } from "./recipe.ts";

const image = `us-central1-docker.pkg.dev/team/images/trainer@sha256:${"a".repeat(64)}`;
const recipe: Recipe = {
  name: "sections",
  task: "text-classification",
  model: { base: "team/encoder", revision: "main" },
  data: { source: "file", train: "rows.csv" },
  columns: { text: "text", label: "label", slices: [] },
  schema: { columns: {}, maximumBadRows: 0.1, drift: "fail" },
  splits: { validation: 0.1, test: 0.2 },
  statistics: { rows: 100_000 },
  preparation: { memory: "1GiB", image: "docker.io/library/node:26", workers: 8 },
  train: {
    epochs: 2,
    batchSize: 32,
    maxLength: 64,
    learningRate: 3e-5,
    weightDecay: 0.01,
    warmup: 0.1,
    seed: 7,
    checkpointEvery: 50,
    hardware: { tpu: "v5e", topology: "2x4", strategy: "spot" },
  },
  gate: {
    thresholds: {},
    champion: { metric: "accuracy", minimumGain: 0, alpha: 0.05 },
    slices: { maximumDrop: 0.05, minimumRows: 50 },
  },
  promote: {
    endpoint: "sections",
    machine: "c3-standard-4",
    replicas: 1,
    canary: [],
    maxErrorRate: 0.01,
    cooldown: "1s",
  },
};

interface WorkerPool {
  readonly machine_spec: unknown;
  readonly container_spec: { readonly image_uri: string; readonly command: string[]; readonly args: string[] };
}

const compiled = trainAndEvaluate({ recipe, image, fresh: false });
const { spec } = compiled;

test("is a valid spec, and the same bytes each time", () => {
  expect(validateSpec(JSON.parse(compiled.json))).toEqual([]);
  expect(trainAndEvaluate({ recipe, image, fresh: false }).digest).toBe(compiled.digest);
});

test("another setting, image or hardware is another spec", () => {
  const others = [
    trainAndEvaluate({ recipe: { ...recipe, train: { ...recipe.train, seed: 8 } }, image, fresh: false }),
    trainAndEvaluate({ recipe, image: image.replace("a", "b"), fresh: false }),
    trainAndEvaluate({
      recipe: { ...recipe, train: { ...recipe.train, hardware: { machine: "c3-standard-8", strategy: "on-demand" } } },
      image,
      fresh: false,
    }),
    trainAndEvaluate({ recipe, image, fresh: true }),
  ];
  expect(new Set([compiled, ...others].map(({ digest }) => digest)).size).toBe(5);
});

test("every output that the workflow reads is one of the tasks', wherever the task stands", () => {
  const dags = [spec.root?.dag, ...Object.values(spec.components ?? {}).map(({ dag }) => dag)];
  const made = dags.flatMap((dag) =>
    Object.entries(dag?.tasks ?? {}).flatMap(([task, { componentRef }]) =>
      Object.keys(spec.components?.[componentRef?.name ?? ""]?.outputDefinitions?.artifacts ?? {}).map(
        (output) => `${task}.${output}`,
      ),
    ),
  );
  expect(made).toEqual(expect.arrayContaining(Object.values(trainAndEvaluateOutputs)));
});

test("the champion is evaluated only where there is one", () => {
  const inputs = spec.root?.inputDefinitions?.parameters;
  expect(inputs?.["champion"]).toMatchObject({ isOptional: true, defaultValue: "" });
  expect(inputs?.["base_model"]?.isOptional).toBeUndefined();
  const branch = spec.root?.dag?.tasks?.["condition-1"];
  expect(branch?.triggerPolicy?.condition).toBe("inputs.parameter_values['pipelinechannel--champion'] != ''");
  expect(Object.keys(spec.components?.["comp-condition-1"]?.dag?.tasks ?? {}).sort()).toEqual([
    "champion",
    "evaluate-champion",
  ]);
  // It need not wait for the training.
  expect(branch?.dependentTasks).toEqual(["data"]);
});

describe("the fine-tuning", () => {
  const settings = spec.components?.["comp-fine-tune"]?.inputDefinitions?.parameters;
  const pools = settings?.["worker_pool_specs"]?.defaultValue as unknown as readonly [WorkerPool];
  const pool = pools[0];
  const argument = (name: string) => pool.container_spec.args[pool.container_spec.args.indexOf(name) + 1];

  test("runs on the recipe's hardware, as a CustomJob", () => {
    expect(pool.machine_spec).toEqual({ machine_type: "ct5lp-hightpu-8t", tpu_topology: "2x4" });
    expect(settings?.["strategy"]?.defaultValue).toBe("SPOT");
    expect(pool.container_spec.image_uri).toBe(image);
  });

  test("is the trainer's command line", () => {
    expect(pool.container_spec.command).toEqual(["python", "-m", "trainer", "train"]);
    expect(JSON.parse(argument("--config") ?? "")).toEqual({
      task: "text-classification",
      epochs: 2,
      batchSize: 32,
      maxLength: 64,
      learningRate: 3e-5,
      weightDecay: 0.01,
      warmup: 0.1,
      seed: 7,
      checkpointEvery: 50,
    });
    expect(argument("--model")).toBe("{{$.outputs.artifacts['model'].path}}");
    expect(argument("--checkpoints")).toBe("{{$.outputs.artifacts['model'].path}}-checkpoints");
    // Inside the launcher's JSON, so its quotes are escaped.
    expect(argument("--executor-input")).toBe("{{$.json_escape[1]}}");
  });

  test("is taken from the cache unless it is to be fresh", () => {
    const caching = (fresh: boolean) =>
      trainAndEvaluate({ recipe, image, fresh }).spec.root?.dag?.tasks?.["fine-tune"]?.cachingOptions;
    expect(caching(false)).toEqual({ enableCache: true });
    expect(caching(true)).toEqual({});
  });

  test("takes a GPU machine with its GPUs", () => {
    const hardware = { machine: "a3-highgpu-8g", strategy: "flex" } as const;
    const gpu = trainAndEvaluate({ recipe: { ...recipe, train: { ...recipe.train, hardware } }, image, fresh: false });
    const inputs = gpu.spec.components?.["comp-fine-tune"]?.inputDefinitions?.parameters;
    expect(inputs?.["strategy"]?.defaultValue).toBe("FLEX_START");
    expect(inputs?.["worker_pool_specs"]?.defaultValue).toMatchObject([
      { machine_spec: { machine_type: "a3-highgpu-8g", accelerator_type: "NVIDIA_H100_80GB", accelerator_count: 8 } },
    ]);
  });
});

describe("a language model", () => {
  const language: Recipe = {
    ...recipe,
    task: "causal-lm",
    train: { ...recipe.train, lora: { rank: 8, alpha: 16 }, precision: "bfloat16", sharding: "fsdp", remat: true },
    evaluate: { maxNewTokens: 64 },
  };
  const written = trainAndEvaluate({ recipe: language, image, fresh: false });
  const poolOf = (component: string) => {
    const inputs = written.spec.components?.[component]?.inputDefinitions?.parameters;
    const pools = inputs?.["worker_pool_specs"]?.defaultValue as unknown as readonly [WorkerPool];
    return pools[0];
  };
  const config = (component: string) => {
    const { args } = poolOf(component).container_spec;
    return JSON.parse(args[args.indexOf("--config") + 1] ?? "");
  };

  test("is a valid spec, with the recipe's settings", () => {
    expect(validateSpec(JSON.parse(written.json))).toEqual([]);
    expect(config("comp-fine-tune")).toMatchObject({
      task: "causal-lm",
      lora: { rank: 8, alpha: 16 },
      precision: "bfloat16",
      sharding: "fsdp",
      remat: true,
    });
  });

  test("writes its answers on the hardware that it was trained on, the champion too", () => {
    for (const component of ["comp-evaluate-candidate", "comp-evaluate-champion"]) {
      expect(poolOf(component).machine_spec).toEqual({ machine_type: "ct5lp-hightpu-8t", tpu_topology: "2x4" });
      expect(config(component)).toEqual({
        task: "causal-lm",
        batchSize: 32,
        maxLength: 64,
        split: "test",
        maxNewTokens: 64,
      });
    }
  });
});

test("a team's own program trains in its own image; ours evaluates", () => {
  const teamImage = `us-central1-docker.pkg.dev/team/images/theirs@sha256:${"c".repeat(64)}`;
  const own = { ...recipe, train: { ...recipe.train, image: "theirs", command: ["python", "train.py"] } };
  const theirs = trainAndEvaluate({ recipe: own, image, teamImage, fresh: false });
  expect(validateSpec(JSON.parse(theirs.json))).toEqual([]);
  const inputs = theirs.spec.components?.["comp-fine-tune"]?.inputDefinitions?.parameters;
  const pools = inputs?.["worker_pool_specs"]?.defaultValue as unknown as readonly [WorkerPool];
  const { image_uri, command, args } = pools[0].container_spec;
  expect({ image_uri, command }).toEqual({ image_uri: teamImage, command: ["python", "train.py"] });
  expect(JSON.parse(args[args.indexOf("--config") + 1] ?? "")).not.toHaveProperty("command");
  expect(theirs.spec.deploymentSpec?.executors?.["exec-evaluate-candidate"]?.container?.image).toBe(image);
});

test("what Vertex draws of a classifier comes out of both evaluations", () => {
  for (const component of ["comp-evaluate-candidate", "comp-evaluate-champion"]) {
    const { classification } = spec.components?.[component]?.outputDefinitions?.artifacts ?? {};
    expect(classification?.artifactType?.schemaTitle).toBe("system.ClassificationMetrics");
  }
});

test("the evaluations are the trainer's command line, too", () => {
  const executor = spec.deploymentSpec?.executors?.["exec-evaluate-candidate"]?.container;
  expect(executor?.image).toBe(image);
  expect(executor?.command).toEqual(["python", "-m", "trainer", "evaluate"]);
  expect(executor?.args?.slice(-2)).toEqual(["--executor-input", "{{$}}"]);
  const champion = spec.deploymentSpec?.executors?.["exec-evaluate-champion"]?.container;
  expect(champion).toEqual(executor);
});
