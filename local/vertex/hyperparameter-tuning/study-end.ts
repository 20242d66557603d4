import { fromDuration, type TimeMessage } from "../wire/time.ts";
import type { HyperparameterTuningJobRecord, TrialRecord } from "./records.ts";
import { signOf } from "./study-spec.ts";

/** google.cloud.aiplatform.v1.StudySpec.StudyStoppingConfig. */
export interface StudyStoppingMessage {
  readonly shouldStopAsap?: { readonly value?: boolean };
  readonly minimumRuntimeConstraint?: TimeConstraintMessage;
  readonly maximumRuntimeConstraint?: TimeConstraintMessage;
  readonly minNumTrials?: { readonly value?: number };
  readonly maxNumTrials?: { readonly value?: number };
  readonly maxNumTrialsNoProgress?: { readonly value?: number };
  readonly maxDurationNoProgress?: TimeMessage;
}
interface TimeConstraintMessage {
  readonly maxDuration?: TimeMessage;
  readonly endTime?: TimeMessage;
}

/**
 * Whether no more trials should begin, by the rules of `study_stopping_config`, the minimums first
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/StudySpec#StudyStoppingConfig).
 */
export function isStudyOver({ message, trials, createTime }: HyperparameterTuningJobRecord, now: number): boolean {
  const { studyStoppingConfig: config, metrics = [] } = message.studySpec ?? {};
  if (config === undefined) return false;
  const hasPassed = ({ maxDuration, endTime }: TimeConstraintMessage) =>
    now >= (endTime === undefined ? createTime + fromDuration(maxDuration ?? {}) : fromDuration(endTime));
  const completed = trials.filter(({ state }) => state === "SUCCEEDED");
  if (config.minimumRuntimeConstraint !== undefined && !hasPassed(config.minimumRuntimeConstraint)) return false;
  if (completed.length < (config.minNumTrials?.value ?? 0)) return false;

  if (config.maximumRuntimeConstraint !== undefined && hasPassed(config.maximumRuntimeConstraint)) return true;
  if (trials.length >= (config.maxNumTrials?.value ?? Number.POSITIVE_INFINITY)) return true;
  // Effective only for single-objective studies.
  if (metrics.length !== 1) return false;
  const [metric = {}] = metrics;
  const value = ({ final }: TrialRecord) => signOf(metric) * (final?.metrics[metric.metricId ?? ""] ?? 0);
  const inOrder = [...completed].sort((a, b) => (a.endTime ?? 0) - (b.endTime ?? 0));
  let best = -1;
  for (const [index, trial] of inOrder.entries()) {
    const before = inOrder[best];
    if (before === undefined || value(trial) > value(before)) best = index;
  }
  if (inOrder.length - 1 - best >= (config.maxNumTrialsNoProgress?.value ?? Number.POSITIVE_INFINITY)) return true;
  if (config.maxDurationNoProgress === undefined) return false;
  return now - (inOrder[best]?.endTime ?? createTime) >= fromDuration(config.maxDurationNoProgress);
}
