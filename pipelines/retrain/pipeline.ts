import {
  Artifact,
  type CompiledSpec,
  compile,
  container,
  customJob,
  Dataset,
  findMachine,
  findTpu,
  importer,
  type Machine,
  Metrics,
  Model,
  pipeline,
  string,
  when,
} from "../../specs/index.ts";
import type { EvaluateConfig, TrainConfig } from "../../trainer/contract/generated/contract.ts";
import type { Hardware, Recipe } from "./recipe.ts";

export interface TrainAndEvaluateOptions {
  readonly recipe: Recipe;
  /** The trainer's container, by digest. */
  readonly image: string;
  /** Train even where Vertex's cache has the very same training: what `force` asks for. */
  readonly fresh: boolean;
}

/**
 * The pipeline that a run submits: import model and data, fine-tune as a CustomJob on the recipe's hardware,
 * evaluate the candidate, and the champion where there is one, on the same rows.
 * The workflow finds what comes out under `fine-tune.model`, `evaluate-candidate.evaluation` and so on.
 */
export function trainAndEvaluate({ recipe, image, fresh }: TrainAndEvaluateOptions): CompiledSpec {
  const program = ["python", "-m", "trainer"];

  const fineTune = container("fine-tune", {
    image,
    inputs: { base_model: Model, data: Dataset },
    outputs: { model: Model, metrics: Metrics },
    command: [...program, "train"],
    args: ({ inputs, outputs }) => [
      "--config",
      JSON.stringify(trainConfig(recipe)),
      "--base-model",
      inputs.base_model.path,
      "--data",
      inputs.data.path,
      // Beside the model, so that every restart of this job finds it, and no other job does.
      "--checkpoints",
      `${outputs.model.path}-checkpoints`,
      "--model",
      outputs.model.path,
      "--metrics",
      outputs.metrics.path,
    ],
  });

  const evaluate = container("evaluate", {
    image,
    inputs: { model: Model, data: Dataset },
    outputs: { evaluation: Artifact, predictions: Dataset, metrics: Metrics },
    command: [...program, "evaluate"],
    args: ({ inputs, outputs }) => [
      "--config",
      JSON.stringify(evaluateConfig(recipe)),
      "--model",
      inputs.model.path,
      "--data",
      inputs.data.path,
      "--evaluation",
      outputs.evaluation.path,
      "--predictions",
      outputs.predictions.path,
      "--metrics",
      outputs.metrics.path,
    ],
  });

  return compile(
    pipeline(
      "train-and-evaluate",
      { inputs: { base_model: string(), dataset: string(), champion: string({ optional: true }) } },
      ({ base_model, dataset, champion }) => {
        const base = importer(Model, { uri: base_model }).named("base-model");
        const data = importer(Dataset, { uri: dataset }).named("data");
        const candidate = fineTune({ base_model: base, data })
          .runOn(customJob({ hardware: machineFor(recipe.train.hardware), strategy: recipe.train.hardware.strategy }))
          .cache(!fresh);
        evaluate({ model: candidate.model, data }).named("evaluate-candidate").cpu("4").memory("16G");
        when(champion.isPresent(), () => {
          const serving = importer(Model, { uri: champion }).named("champion");
          evaluate({ model: serving, data }).named("evaluate-champion").cpu("4").memory("16G");
        });
      },
    ),
  );
}

function trainConfig({ task, train }: Recipe): TrainConfig {
  const { epochs, batchSize, maxLength, learningRate, weightDecay, warmup, seed, checkpointEvery } = train;
  return { task, epochs, batchSize, maxLength, learningRate, weightDecay, warmup, seed, checkpointEvery };
}

function evaluateConfig({ task, train }: Recipe): EvaluateConfig {
  return { task, batchSize: train.batchSize, maxLength: train.maxLength, split: "test" };
}

/** Preflight has found it in the catalogue, or says so; a name that it lacks is passed on as it is. */
function machineFor(hardware: Hardware): Machine {
  if ("machine" in hardware) return findMachine(hardware.machine) ?? { machineType: hardware.machine };
  const slice = findTpu(hardware.tpu, hardware.topology);
  return slice ?? { machineType: `tpu-${hardware.tpu}`, tpuTopology: hardware.topology };
}
