import type { HyperparameterTuningJobRecord, Measurement, StudySpecMessage, TrialRecord } from "./records.ts";
import type { Curve } from "./study/curve.ts";
import { findStop, type StoppingRule } from "./study/stopping.ts";
import { signOf } from "./study-spec.ts";

/** That a trial should stop, with the measurement that the rule predicts for its end, if it does. */
export interface TrialStop {
  readonly predicted?: Measurement;
}

/** By the job's automated stopping rule; undefined where the trial should go on. */
export function findTrialStop(job: HyperparameterTuningJobRecord, trial: TrialRecord): TrialStop | undefined {
  const spec = job.message.studySpec ?? {};
  const [objective] = spec.metrics ?? [];
  const rule = ruleOf(spec);
  if (rule === undefined || objective?.metricId === undefined) return undefined;
  const id = objective.metricId;
  const sign = signOf(objective);
  const byTime = usesElapsed(spec);
  const curveOf = ({ measurements }: TrialRecord): Curve =>
    measurements.flatMap(({ step, elapsed, metrics }) => {
      const value = metrics[id];
      return value === undefined ? [] : [{ x: byTime ? elapsed / 1000 : step, y: sign * value }];
    });
  const completed = job.trials.filter(({ state }) => state === "SUCCEEDED").map(curveOf);
  const stop = findStop(rule, curveOf(trial), completed);
  if (stop === undefined) return undefined;
  if (stop.predicted === undefined) return {};
  const { x, y } = stop.predicted;
  const last = trial.measurements.at(-1);
  const place = byTime ? { step: last?.step ?? 0, elapsed: x * 1000 } : { step: x, elapsed: last?.elapsed ?? 0 };
  return { predicted: { ...place, metrics: { [id]: sign * y } } };
}

function ruleOf(spec: StudySpecMessage): StoppingRule | undefined {
  if (spec.medianAutomatedStoppingSpec !== undefined) return { kind: "median" };
  if (spec.decayCurveStoppingSpec !== undefined) return { kind: "decay-curve" };
  const convex = spec.convexAutomatedStoppingSpec;
  if (convex === undefined) return undefined;
  const [maxX, minX] = [convex.maxStepCount, convex.minStepCount].map((count) => Number(count ?? 0));
  return {
    kind: "convex",
    ...(maxX ? { maxX } : {}),
    ...(minX ? { minX } : {}),
    minMeasurements: Number(convex.minMeasurementCount ?? 0) || 5,
  };
}

function usesElapsed(spec: StudySpecMessage): boolean {
  const { medianAutomatedStoppingSpec, decayCurveStoppingSpec, convexAutomatedStoppingSpec } = spec;
  const rules = [medianAutomatedStoppingSpec, decayCurveStoppingSpec, convexAutomatedStoppingSpec];
  return rules.some((rule) => rule?.useElapsedDuration === true);
}
