import type { HyperparameterTuningJobRecord, TrialRecord } from "../../hyperparameter-tuning/records.ts";
import { allParameters, type Parameter, type Value } from "../../hyperparameter-tuning/study/space.ts";
import { parseParameters, signOf } from "../../hyperparameter-tuning/study-spec.ts";

/** What a tuning job searches for, and what it has found. */
export interface Study {
  /** First metric of the study: what is to become best. */
  readonly objective: string;
  readonly minimize: boolean;
  /** All metrics, the objective first. */
  readonly metrics: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly trials: readonly TrialRecord[];
  readonly best: TrialRecord | null;
}

export function studyOf({ message, trials }: HyperparameterTuningJobRecord): Study {
  const { metrics = [], parameters } = message.studySpec ?? {};
  const [first = {}] = metrics;
  const objective = first.metricId ?? "";
  const ranked = trials.filter((trial) => objectiveOf(trial, objective) !== undefined);
  const sign = signOf(first);
  const value = (trial: TrialRecord) => sign * (objectiveOf(trial, objective) ?? 0);
  const best = ranked.reduce<TrialRecord | null>(
    (found, trial) => (found === null || value(trial) > value(found) ? trial : found),
    null,
  );
  return {
    objective,
    minimize: sign < 0,
    metrics: metrics.map(({ metricId = "" }) => metricId),
    parameters: allParameters(parseParameters(parameters)),
    trials,
    best,
  };
}

export function objectiveOf({ final }: TrialRecord, objective: string): number | undefined {
  return final?.metrics[objective];
}

export function parameterOf({ parameters }: TrialRecord, { id }: Parameter): Value | undefined {
  return parameters.find((parameter) => parameter.id === id)?.value;
}
