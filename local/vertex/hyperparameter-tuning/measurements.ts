import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../wire/json.ts";
import type { Measurement, StudySpecMessage, TrialRecord } from "./records.ts";
import { signOf } from "./study-spec.ts";

/** The tag that cloudml-hypertune gives a metric without one. */
const defaultTag = "training/hptuning/metric";

/** Where the first replica of a trial reports to, below the folder that its CustomJob was given. */
export function metricsFile(folder: string): string {
  return join(folder, "workerpool0-0", "output.metrics");
}

/**
 * What a trial has reported, added to what was known: lines of JSON, as cloudml-hypertune writes them, of which it keeps
 * only the last hundred (https://github.com/GoogleCloudPlatform/cloudml-hypertune). In the order of steps.
 */
export function readMeasurements(file: string, trial: TrialRecord, metricIds: readonly string[]): Measurement[] {
  const all = new Map<string, Measurement>();
  const add = ({ step, elapsed, metrics }: Measurement) => {
    const key = `${step} ${elapsed}`;
    all.set(key, { step, elapsed, metrics: { ...all.get(key)?.metrics, ...metrics } });
  };
  trial.measurements.forEach(add);
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  for (const line of lines) {
    const measurement = parse(line, trial.startTime, metricIds);
    if (measurement !== undefined) add(measurement);
  }
  return [...all.values()].sort((a, b) => a.step - b.step || a.elapsed - b.elapsed);
}

/** The one that counts; undefined when the objective, the first metric, was never reported. */
export function finalMeasurement(
  measurements: readonly Measurement[],
  { metrics = [], measurementSelectionType }: StudySpecMessage,
): Measurement | undefined {
  const [objective] = metrics;
  if (objective?.metricId === undefined) return undefined;
  const id = objective.metricId;
  const told = measurements.filter((one) => one.metrics[id] !== undefined);
  const value = (one: Measurement) => signOf(objective) * (one.metrics[id] ?? 0);
  const chosen =
    measurementSelectionType === "BEST_MEASUREMENT"
      ? told.reduce<Measurement | undefined>((a, b) => (a === undefined || value(b) > value(a) ? b : a), undefined)
      : told.at(-1);
  if (chosen === undefined) return undefined;
  // The other metrics are reported by themselves: those of the same step, or the last ones.
  const same = measurements.filter(({ step }) => step === chosen.step);
  const rest = [...measurements, ...same].map((one) => one.metrics);
  return { ...chosen, metrics: Object.assign({}, ...rest, chosen.metrics) as Measurement["metrics"] };
}

function parse(line: string, startTime: number, metricIds: readonly string[]): Measurement | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    // Being written, or no report.
    return undefined;
  }
  if (!isObject(json)) return undefined;
  const metrics: Record<string, number> = {};
  for (const [tag, given] of Object.entries(json)) {
    const id = tag === defaultTag ? metricIds[0] : tag;
    const value = Number(given);
    if (id !== undefined && metricIds.includes(id) && Number.isFinite(value)) metrics[id] = value;
  }
  if (Object.keys(metrics).length === 0) return undefined;
  const time = Number(json["timestamp"] ?? 0) * 1000;
  return { step: Number(json["global_step"] ?? 0) || 0, elapsed: Math.max(0, Math.round(time - startTime)), metrics };
}
