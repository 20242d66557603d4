import {
  Artifact,
  ClassificationMetrics,
  type CompiledSpec,
  compile,
  container,
  customJob,
  Dataset,
  executorInput,
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
import { trainAndEvaluateTasks as tasks } from "./job-outputs.ts";
import type { Hardware, Recipe } from "./recipe.ts";

export interface TrainAndEvaluateOptions {
  readonly recipe: Recipe;
  /** The trainer's container, by digest. */
  readonly image: string;
  /** The container in which the recipe's own `train.command` trains, by digest. */
  readonly teamImage?: string;
  /** Train even where Vertex's cache has the very same training: what `force` asks for. */
  readonly fresh: boolean;
}

/**
 * The pipeline that a run submits: import model and data, fine-tune as a CustomJob on the recipe's hardware,
 * evaluate the candidate, and the champion where there is one, on the same rows.
 * `job-outputs.ts` says under which names the workflow finds what comes out.
 */
export function trainAndEvaluate(options: TrainAndEvaluateOptions): CompiledSpec {
  const { recipe, fresh } = options;
  const fineTune = fineTuning(options);
  const evaluate = evaluation(options);

  return compile(
    pipeline(
      "train-and-evaluate",
      {
        description: `Fine-tunes ${recipe.model.base} and evaluates it, and the model that serves now, on the same rows.`,
        inputs: {
          base_model: string({ description: "gs:// folder of the base model." }),
          dataset: string({ description: "gs:// folder of the prepared data." }),
          champion: string({ optional: true, description: "gs:// folder of the model that serves now." }),
        },
      },
      ({ base_model, dataset, champion }) => {
        const base = importer(Model, { uri: base_model }).named("base-model");
        const data = importer(Dataset, { uri: dataset }).named("data");

        // No retry here: Vertex restarts a preempted CustomJob by itself, and the workflow owns the next attempt.
        const trained = fineTune({ base_model: base, data })
          .named(tasks.fineTune)
          .runOn(customJob({ hardware: machineFor(recipe.train.hardware), strategy: recipe.train.hardware.strategy }))
          .cache(!fresh);
        const candidate = evaluate({ model: trained.model, data }).named(tasks.candidate);
        place(candidate, recipe);

        when(champion.isPresent(), () => {
          const serving = importer(Model, { uri: champion }).named("champion");
          place(evaluate({ model: serving, data }).named(tasks.champion), recipe);
        });
        return {
          model: trained.model,
          metrics: trained.metrics,
          evaluation: candidate.evaluation,
          predictions: candidate.predictions,
        };
      },
    ),
  );
}

const trainer = ["python", "-m", "trainer"];

function fineTuning({ recipe, image, teamImage }: TrainAndEvaluateOptions) {
  const { command } = recipe.train;
  return container("fine-tune", {
    image: command && teamImage ? teamImage : image,
    inputs: { base_model: Model, data: Dataset },
    outputs: { model: Model, metrics: Metrics },
    command: command ?? [...trainer, "train"],
    args: ({ inputs, outputs }) => [
      "--config",
      // A constant: as a parameter, its quotes would break the JSON that the CustomJob's launcher pastes it into.
      JSON.stringify(trainConfig(recipe)),
      "--base-model",
      inputs.base_model.path,
      "--data",
      inputs.data.path,
      // Beside the model, `ROOT/JOB/TASK/model-checkpoints`: the path is a function of the pipeline job and its task,
      // so every restart of the CustomJob goes on from there, and no other job writes there.
      "--checkpoints",
      `${outputs.model.path}-checkpoints`,
      "--model",
      outputs.model.path,
      "--metrics",
      outputs.metrics.path,
      "--executor-input",
      executorInput,
    ],
  });
}

function evaluation({ recipe, image }: TrainAndEvaluateOptions) {
  return container("evaluate", {
    image,
    inputs: { model: Model, data: Dataset },
    outputs: { evaluation: Artifact, predictions: Dataset, metrics: Metrics, classification: ClassificationMetrics },
    command: [...trainer, "evaluate"],
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
      "--executor-input",
      executorInput,
    ],
  });
}

/** All of the recipe's `train` but where it runs. */
export function trainConfig({ task, train }: Recipe): TrainConfig {
  const { hardware: _hardware, image: _image, command: _command, ...settings } = train;
  return { task, ...settings };
}

export function evaluateConfig({ task, train, evaluate }: Recipe): EvaluateConfig {
  const { maxNewTokens, metrics } = evaluate ?? {};
  return {
    task,
    batchSize: train.batchSize,
    maxLength: train.maxLength,
    split: "test",
    ...(maxNewTokens === undefined ? {} : { maxNewTokens }),
    ...(metrics ? { custom: metrics } : {}),
  };
}

/** An encoder reads its test rows on a CPU in minutes; a language model, which writes, needs what it was trained on. */
function place(task: Evaluation, { task: kind, train: { hardware } }: Recipe): void {
  if (kind === "causal-lm") {
    task.runOn(customJob({ hardware: machineFor(hardware), strategy: hardware.strategy }));
  } else {
    task.cpu("4").memory("16G");
  }
}

type Evaluation = ReturnType<ReturnType<typeof evaluation>>;

/** Preflight has found it in the catalogue, or says so; a name that it lacks is passed on as it is. */
function machineFor(hardware: Hardware): Machine {
  if ("machine" in hardware) return findMachine(hardware.machine) ?? { machineType: hardware.machine };
  const slice = findTpu(hardware.tpu, hardware.topology);
  return slice ?? { machineType: `tpu-${hardware.tpu}`, tpuTopology: hardware.topology };
}
