/**
 * What a `train-and-evaluate` job leaves, by the names under which `JobOutcome.artifacts` has it: `task.output`.
 * `pipeline.ts` names its tasks from here. It imports nothing, so that a workflow can.
 */
export const trainAndEvaluateTasks = {
  fineTune: "fine-tune",
  candidate: "evaluate-candidate",
  /** Ran only where there is a champion. */
  champion: "evaluate-champion",
} as const;

export const trainAndEvaluateOutputs = {
  model: `${trainAndEvaluateTasks.fineTune}.model`,
  metrics: `${trainAndEvaluateTasks.fineTune}.metrics`,
  evaluation: `${trainAndEvaluateTasks.candidate}.evaluation`,
  predictions: `${trainAndEvaluateTasks.candidate}.predictions`,
  championEvaluation: `${trainAndEvaluateTasks.champion}.evaluation`,
  championPredictions: `${trainAndEvaluateTasks.champion}.predictions`,
} as const;

/** The pipeline's own inputs, by name. */
export interface TrainAndEvaluateParameters {
  /** `gs://` folder of the base model's files. */
  readonly base_model: string;
  /** `gs://` folder of the prepared data's manifest. */
  readonly dataset: string;
  /** `gs://` folder of the model that serves now; left out on a first run. */
  readonly champion?: string;
}

/** The one task of a `preflight` job, and where its report is. */
export const preflightTask = "preflight";
export const preflightReport = `${preflightTask}.report`;
