import { unimplemented, type VertexError } from "./errors.ts";

/**
 * The methods of the services that local Vertex has, and that it has not, each with its reason: what a client is told
 * that calls one. Held complete by a test.
 */

const labeling = "people label the data: Google's labeling teams, or a specialist pool's";
const neuralArchitectureSearch = "the search is Google's own trainer; a HyperparameterTuningJob searches parameters";
const monitoring =
  "monitoring compares requests that are logged to BigQuery; the endpoint's metrics are in google.monitoring.v3";
const gemini =
  "the model is one of Google's own, which are served only there; Predict and its kin serve what is deployed";
const foreignMetrics = "only the metrics of endpoints are here, and only the server writes them";

const reasons: Readonly<Record<string, readonly string[]>> = {
  [labeling]: ["Create", "Get", "List", "Delete", "Cancel"].map((verb) => `JobService.${verb}DataLabelingJob`),
  [neuralArchitectureSearch]: [
    ...["Create", "Get", "List", "Delete", "Cancel"].map((verb) => `JobService.${verb}NasJob`),
    ...["Get", "List"].map((verb) => `JobService.${verb}NasTrialDetail`),
  ],
  [monitoring]: [
    ...["Create", "Get", "List", "Update", "Delete", "Pause", "Resume"].map(
      (verb) => `JobService.${verb}ModelDeploymentMonitoringJob`,
    ),
    "JobService.SearchModelDeploymentMonitoringStatsAnomalies",
  ],
  [gemini]: [
    ...["GenerateContent", "StreamGenerateContent", "EmbedContent", "CountTokens", "ChatCompletions"].map(
      (method) => `PredictionService.${method}`,
    ),
    ...["SetPublisherModelConfig", "FetchPublisherModelConfig"].map((method) => `EndpointService.${method}`),
  ],
  "it is about the examples of example-based explanations, which need a TensorFlow model's embeddings": [
    "ModelService.UpdateExplanationDataset",
  ],
  "which machine suits a model is Google's knowledge of its own machines": ["ModelService.RecommendSpec"],
  [foreignMetrics]: [
    ...["CreateMetricDescriptor", "DeleteMetricDescriptor", "CreateTimeSeries", "CreateServiceTimeSeries"],
    ...["ListMonitoredResourceDescriptors", "GetMonitoredResourceDescriptor"],
  ].map((method) => `MetricService.${method}`),
};

/** Why a method is not here, by its name, `Service.Method`. */
export const absentMethods: ReadonlyMap<string, string> = new Map(
  Object.entries(reasons).flatMap(([reason, methods]) => methods.map((method) => [plural(method), reason] as const)),
);

/** UNIMPLEMENTED with the name of the method, and the reason where there is one. */
export function missingMethod(name: string): VertexError {
  return unimplemented(name, absentMethods.get(name));
}

/** A list is of several. */
function plural(method: string): string {
  return /\.List\w*(?:Job|Detail)$/.test(method) ? `${method}s` : method;
}
