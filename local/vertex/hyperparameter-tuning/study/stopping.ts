import { type Curve, type CurvePoint, mean, median, valueAt } from "./curve.ts";
import { regress } from "./gaussian-process.ts";
import { cumulative } from "./normal.ts";

/** An automated stopping rule (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/StudySpec). */
export type StoppingRule =
  | { readonly kind: "median" }
  | { readonly kind: "decay-curve" }
  | {
      readonly kind: "convex";
      /** Learned from the completed trials where left out. */
      readonly maxX?: number;
      /** A tenth of `maxX` where left out. */
      readonly minX?: number;
      readonly minMeasurements: number;
    };

/** That a trial should stop; with its last measurement as predicted, where the rule makes one. */
export interface Stop {
  readonly predicted?: CurvePoint;
}

/** Whether a trial should stop, by its curve and those of the completed ones. */
export function findStop(rule: StoppingRule, curve: Curve, completed: readonly Curve[]): Stop | undefined {
  const told = completed.filter(({ length }) => length > 0);
  if (curve.length === 0 || told.length === 0) return undefined;
  if (rule.kind === "median") return isBelowMedian(curve, told) ? {} : undefined;
  if (rule.kind === "decay-curve") return isHopeless(curve, told) ? {} : undefined;
  return findConvexStop(rule, curve, told);
}

/**
 * "If the Trial's best objective_value is strictly below the median 'performance' of all completed Trials reported up
 * to the Trial's last measurement", which is "the running average of the objective values".
 */
function isBelowMedian(curve: Curve, completed: readonly Curve[]): boolean {
  const last = curve.at(-1)?.x ?? 0;
  const performances = completed.flatMap((other) => {
    const until = other.filter(({ x }) => x <= last).map(({ y }) => y);
    return until.length === 0 ? [] : [mean(until)];
  });
  return performances.length > 0 && bestOf(curve) < median(performances);
}

/** What "a very low probability to exceed the optimal value found so far" is: Vertex gives no number. */
const lowProbability = 0.05;
const leastCompleted = 4;
const features = 4;

/**
 * A Gaussian process predicts how much the value will still rise, from what the curve was until now, as those of the
 * completed trials did: so that for a curve unlike all others it expects their mean rise.
 */
function isHopeless(curve: Curve, completed: readonly Curve[]): boolean {
  const last = curve.at(-1) ?? { x: 0, y: 0 };
  const longer = completed.filter((other) => (other[0]?.x ?? 0) <= last.x);
  if (curve.length < 2 || longer.length < leastCompleted) return false;
  const first = curve[0]?.x ?? 0;
  const seen = (one: Curve) =>
    Array.from({ length: features }, (_, index) => valueAt(one, first + ((last.x - first) * index) / (features - 1)));
  const known = longer.map(seen);
  const values = standardOf(known.flat());
  const rises = longer.map((one) => (one.at(-1)?.y ?? 0) - valueAt(one, last.x));
  const rise = standardOf(rises);
  const process = regress(
    known.map((one) => one.map(values.standard)),
    rises.map(rise.standard),
  );
  const { mean: expected, deviation } = process.predict(seen(curve).map(values.standard));
  const missing = Math.max(...completed.map(bestOf)) - last.y;
  return 1 - cumulative((rise.standard(missing) - expected) / deviation) < lowProbability;
}

/**
 * An overestimate of the value at the end, by the slope of the curve; where even that is worse than the best, the trial
 * stops with the value that an autoregression of its own steps predicts. "No prediction can be made if the curve is
 * completely flat."
 */
function findConvexStop(
  { maxX, minX, minMeasurements }: StoppingRule & { readonly kind: "convex" },
  curve: Curve,
  completed: readonly Curve[],
): Stop | undefined {
  if (completed.length < minMeasurements + 1 || curve.length < Math.max(2, minMeasurements)) return undefined;
  const end = maxX ?? Math.max(...completed.map((one) => one.at(-1)?.x ?? 0));
  const last = curve.at(-1) ?? { x: 0, y: 0 };
  if (last.x <= (minX ?? end / 10) || last.x >= end) return undefined;
  if (curve.every(({ y }) => y === last.y)) return undefined;
  const slope = slopeOf(curve.slice(-Math.max(2, minMeasurements)));
  const overestimate = Math.max(bestOf(curve), last.y + slope * (end - last.x));
  if (overestimate >= Math.max(...completed.map(bestOf))) return undefined;
  return { predicted: { x: end, y: autoregress(curve, end) } };
}

/** Of the line with the least squares. */
function slopeOf(points: Curve): number {
  const [centerX, centerY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const variance = points.reduce((sum, { x }) => sum + (x - centerX) ** 2, 0);
  return variance === 0 ? 0 : points.reduce((sum, { x, y }) => sum + (x - centerX) * (y - centerY), 0) / variance;
}

/** Each step is the same part of the one before it; what all further ones add up to. */
function autoregress(curve: Curve, end: number): number {
  const steps = curve.slice(1).map(({ y }, index) => y - (curve[index]?.y ?? 0));
  const pairs = steps.slice(1).map((step, index) => [steps[index] ?? 0, step] as const);
  const squares = pairs.reduce((sum, [before]) => sum + before ** 2, 0);
  const found = squares === 0 ? 0 : pairs.reduce((sum, [before, step]) => sum + before * step, 0) / squares;
  const part = Math.min(0.99, Math.max(0, found));
  const last = curve.at(-1) ?? { x: 0, y: 0 };
  const width = (last.x - (curve[0]?.x ?? 0)) / Math.max(1, steps.length);
  const count = width === 0 ? 0 : (end - last.x) / width;
  return last.y + ((steps.at(-1) ?? 0) * part * (1 - part ** count)) / (1 - part);
}

function bestOf(curve: Curve): number {
  return Math.max(...curve.map(({ y }) => y));
}

/** Makes mean 0 and variance 1 of values. */
function standardOf(values: readonly number[]): { readonly standard: (value: number) => number } {
  const center = mean(values);
  const spread = Math.sqrt(mean(values.map((value) => (value - center) ** 2))) || 1e-9;
  return { standard: (value) => (value - center) / spread };
}
