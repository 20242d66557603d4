import { ApplicationFailure } from "@temporalio/workflow";
import type { JobOutcome, PipelineSubmission } from "../../jobs/job.ts";
import { trainAndEvaluateOutputs as outputs, type TrainAndEvaluateParameters } from "../job-outputs.ts";
import type { PreparedData, Resolution, SpecReference, TrainedCandidate } from "../run.ts";

/** The run's one pipeline job, as data: what goes in, and where what comes out is found. */
export function trainSubmission(
  { recipe, champion }: Resolution,
  data: PreparedData,
  spec: SpecReference,
  workflowId: string,
): PipelineSubmission {
  const parameters: TrainAndEvaluateParameters = {
    base_model: data.baseModelUri,
    dataset: data.uri,
    ...(champion ? { champion: champion.artifactUri } : {}),
  };
  return {
    specUri: spec.uri,
    specDigest: spec.digest,
    parameters: { ...parameters },
    workflowId,
    stage: "train",
    labels: { recipe: recipe.name },
    displayName: `${recipe.name}: train and evaluate`,
  };
}

export function trainedCandidate({ artifacts, name }: JobOutcome, hasChampion: boolean): TrainedCandidate {
  return {
    modelUri: output(outputs.model),
    evaluationUri: output(outputs.evaluation),
    predictionsUri: output(outputs.predictions),
    championEvaluationUri: hasChampion ? output(outputs.championEvaluation) : null,
    championPredictionsUri: hasChampion ? output(outputs.championPredictions) : null,
  };

  function output(key: string): string {
    const uri = artifacts[key];
    if (uri === undefined) {
      throw ApplicationFailure.nonRetryable(
        `The pipeline job ${name} succeeded without its output ${key}; it has ${Object.keys(artifacts).join(", ") || "none"}.`,
        "OutputMissing",
      );
    }
    return uri;
  }
}
