import { machineProblems } from "../custom-jobs/validate.ts";
import { type FieldViolation, invalidArgument, unimplemented } from "../wire/errors.ts";
import { findImageProblem, labelProblems } from "../wire/fields.ts";
import { inputFormats } from "./input.ts";
import type { BatchPredictionJobMessage, InstanceConfigMessage } from "./records.ts";

/** Refuses what Vertex refuses; throws INVALID_ARGUMENT with every problem, or UNIMPLEMENTED. */
export function checkBatchPredictionJob(
  message: BatchPredictionJobMessage | undefined,
): asserts message is BatchPredictionJobMessage {
  const { displayName = "", labels = {}, model = "", unmanagedContainerModel, inputConfig = {} } = message ?? {};
  const {
    outputConfig = {},
    dedicatedResources = {},
    manualBatchTuningParameters = {},
    instanceConfig,
  } = message ?? {};
  if (inputConfig.bigquerySource !== undefined)
    throw unimplemented(
      "batch_prediction_job.input_config.bigquery_source",
      "there is no BigQuery here. Export the table to a bucket as jsonl or csv (EXPORT DATA) and give its gcs_source",
    );
  if (outputConfig.bigqueryDestination !== undefined)
    throw unimplemented(
      "batch_prediction_job.output_config.bigquery_destination",
      "there is no BigQuery here. Give a gcs_destination: its jsonl can be loaded into a table (LOAD DATA)",
    );
  if (message?.generateExplanation)
    throw unimplemented(
      "batch_prediction_job.generate_explanation",
      "explanations are of online predictions only. Deploy the model and call Explain",
    );

  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: `batch_prediction_job.${field}`, description });
  if (displayName === "" || displayName.length > 128)
    refuse("display_name", "is required, with at most 128 characters");
  for (const problem of labelProblems(labels)) refuse("labels", problem);
  if ((model === "") === (unmanagedContainerModel === undefined))
    refuse("model", "exactly one of model and unmanaged_container_model should be set");
  if (unmanagedContainerModel !== undefined) {
    const image = findImageProblem(unmanagedContainerModel.containerSpec?.imageUri);
    if (image !== undefined) refuse("unmanaged_container_model.container_spec.image_uri", image);
  }

  const { instancesFormat = "", gcsSource: { uris = [] } = {} } = inputConfig;
  if (!Object.hasOwn(inputFormats, instancesFormat)) {
    refuse(
      "input_config.instances_format",
      `"${instancesFormat}" isn't one of ${Object.keys(inputFormats).join(", ")}`,
    );
  }
  if (uris.length === 0) refuse("input_config.gcs_source.uris", "at least one URI is required");
  for (const uri of uris) {
    if (!/^gs:\/\/[^/]+\/./.test(uri)) refuse("input_config.gcs_source.uris", `"${uri}" should be gs://BUCKET/OBJECT`);
  }
  const { predictionsFormat = "", gcsDestination: { outputUriPrefix = "" } = {} } = outputConfig;
  if (predictionsFormat !== "jsonl") refuse("output_config.predictions_format", `"${predictionsFormat}" isn't jsonl`);
  if (!/^gs:\/\/[^/]+/.test(outputUriPrefix))
    refuse("output_config.gcs_destination.output_uri_prefix", `"${outputUriPrefix}" should begin with gs://BUCKET`);

  for (const problem of machineProblems(dedicatedResources.machineSpec))
    refuse("dedicated_resources.machine_spec", problem);
  const { startingReplicaCount = 0, maxReplicaCount = 0 } = dedicatedResources;
  if (startingReplicaCount < 0) refuse("dedicated_resources.starting_replica_count", "should not be negative");
  if (maxReplicaCount !== 0 && maxReplicaCount < startingReplicaCount)
    refuse("dedicated_resources.max_replica_count", "should be at least starting_replica_count");
  if ((manualBatchTuningParameters.batchSize ?? 0) < 0)
    refuse("manual_batch_tuning_parameters.batch_size", "should not be negative");
  for (const [field, problem] of instanceConfigProblems(instanceConfig)) refuse(`instance_config.${field}`, problem);
  if (violations.length > 0) throw invalidArgument(violations);
}

function instanceConfigProblems({
  instanceType = "",
  includedFields = [],
  excludedFields = [],
}: InstanceConfigMessage = {}): [field: string, problem: string][] {
  const problems: [string, string][] = [];
  if (!["", "object", "array"].includes(instanceType))
    problems.push(["instance_type", `"${instanceType}" isn't object or array`]);
  if (includedFields.length > 0 && excludedFields.length > 0)
    problems.push(["excluded_fields", "should be empty when included_fields is populated"]);
  return problems;
}
