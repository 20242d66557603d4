import { validateCustomJob } from "../custom-jobs/validate.ts";
import { type FieldViolation, invalidArgument } from "../wire/errors.ts";
import { labelProblems } from "../wire/fields.ts";
import type { HyperparameterTuningJobMessage } from "./records.ts";
import { allParameters } from "./study/space.ts";
import { parseParameters } from "./study-spec.ts";

/** Refuses what Vertex refuses; throws INVALID_ARGUMENT. */
export function checkHyperparameterTuningJob(
  message: HyperparameterTuningJobMessage | undefined,
): asserts message is HyperparameterTuningJobMessage {
  const { displayName = "", labels = {}, studySpec = {}, trialJobSpec } = message ?? {};
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: `hyperparameter_tuning_job.${field}`, description });
  if (displayName === "" || displayName.length > 128)
    refuse("display_name", "is required, with at most 128 characters");
  for (const problem of labelProblems(labels)) refuse("labels", problem);
  const metrics = studySpec.metrics ?? [];
  if (metrics.length === 0) refuse("study_spec.metrics", "at least one metric is required");
  for (const { metricId = "" } of metrics)
    if (!/^\S+$/.test(metricId)) refuse("study_spec.metrics", `metric_id "${metricId}" should have no spaces`);
  const { maxTrialCount = 0, parallelTrialCount = 0, maxFailedTrialCount = 0 } = message ?? {};
  if (maxTrialCount < 1) refuse("max_trial_count", "should be at least 1");
  if (parallelTrialCount < 1) refuse("parallel_trial_count", "should be at least 1");
  if (maxFailedTrialCount < 0) refuse("max_failed_trial_count", "should not be negative");
  if (violations.length > 0) throw invalidArgument(violations);

  const parameters = parseParameters(studySpec.parameters);
  const double = allParameters(parameters).find(({ domain }) => domain.kind === "double");
  if (studySpec.algorithm === "GRID_SEARCH" && double !== undefined) {
    const description = `GRID_SEARCH takes no parameter of type DOUBLE, such as ${double.id}`;
    throw invalidArgument([{ field: "hyperparameter_tuning_job.study_spec.algorithm", description }]);
  }
  validateCustomJob({ displayName, ...(trialJobSpec !== undefined && { jobSpec: trialJobSpec }) });
}
