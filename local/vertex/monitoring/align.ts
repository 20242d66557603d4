import { unimplemented, VertexError } from "../wire/errors.ts";
import type { Point, Series } from "./metrics.ts";

export interface Aggregation {
  /** Milliseconds. */
  readonly alignmentPeriod: number;
  readonly perSeriesAligner: string;
  readonly crossSeriesReducer: string;
  /** Such as `metric.labels.deployed_model_id`. */
  readonly groupByFields: readonly string[];
}

type Aligner = (points: readonly Point[], period: number) => Point["value"];

const numbers = (points: readonly Point[]) => points.flatMap(({ value }) => value as number | number[]);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const total: Aligner = (points) =>
  points.some(({ value }) => typeof value !== "number") ? numbers(points) : sum(numbers(points));
const mean: Aligner = (points) => sum(numbers(points)) / Math.max(1, numbers(points).length);

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aligner */
const aligners: Readonly<Record<string, Aligner>> = {
  ALIGN_DELTA: total,
  ALIGN_SUM: total,
  ALIGN_RATE: (points, period) => sum(numbers(points)) / (period / 1000),
  ALIGN_MEAN: mean,
  ALIGN_MIN: (points) => Math.min(...numbers(points)),
  ALIGN_MAX: (points) => Math.max(...numbers(points)),
  ALIGN_COUNT: (points) => points.length,
  ALIGN_PERCENTILE_99: percentile(0.99),
  ALIGN_PERCENTILE_95: percentile(0.95),
  ALIGN_PERCENTILE_50: percentile(0.5),
  ALIGN_PERCENTILE_05: percentile(0.05),
};

const reducers: Readonly<Record<string, Aligner>> = {
  REDUCE_SUM: total,
  REDUCE_MEAN: mean,
  REDUCE_MIN: (points) => Math.min(...numbers(points)),
  REDUCE_MAX: (points) => Math.max(...numbers(points)),
  REDUCE_COUNT: (points) => points.length,
};

/** One point a period, counted back from `end`, and then one series a group. */
export function aggregate(series: readonly Series[], end: number, aggregation: Aggregation): Series[] {
  const { perSeriesAligner, crossSeriesReducer, alignmentPeriod, groupByFields } = aggregation;
  if (perSeriesAligner === "ALIGN_NONE") {
    if (crossSeriesReducer !== "REDUCE_NONE")
      throw new VertexError("INVALID_ARGUMENT", "aggregation.per_series_aligner: a reducer needs aligned series.");
    return [...series];
  }
  const align = aligners[perSeriesAligner];
  if (align === undefined) throw unimplemented(`aggregation.per_series_aligner ${perSeriesAligner}`);
  if (alignmentPeriod < 60_000)
    throw new VertexError("INVALID_ARGUMENT", "aggregation.alignment_period: should be at least 60 seconds.");
  const aligned = series.map((one) => withPoints(one, alignPoints(one.points, end, alignmentPeriod, align)));
  if (crossSeriesReducer === "REDUCE_NONE") return aligned;
  const reduce = reducers[crossSeriesReducer];
  if (reduce === undefined) throw unimplemented(`aggregation.cross_series_reducer ${crossSeriesReducer}`);
  return reduceSeries(aligned, groupByFields, reduce, alignmentPeriod);
}

function alignPoints(points: readonly Point[], end: number, period: number, align: Aligner): Point[] {
  const periods = new Map<number, Point[]>();
  for (const point of points) {
    const back = Math.max(0, Math.floor((end - point.end) / period));
    periods.set(back, [...(periods.get(back) ?? []), point]);
  }
  return [...periods.entries()]
    .sort(([a], [b]) => a - b)
    .map(([back, inside]) => ({
      start: end - (back + 1) * period,
      end: end - back * period,
      value: align(inside, period),
    }));
}

function reduceSeries(series: readonly Series[], fields: readonly string[], reduce: Aligner, period: number): Series[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = JSON.stringify(fields.map((field) => labelOf(one, field)));
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const ends = [...new Set(group.flatMap(({ points }) => points.map(({ end }) => end)))].sort((a, b) => b - a);
    const points = ends.map((end) => {
      const together = group.flatMap((one) => one.points.filter((point) => point.end === end));
      return { start: end - period, end, value: reduce(together, period) };
    });
    const kept = (of: "metric" | "resource") => ({
      ...first[of],
      labels: Object.fromEntries(
        Object.entries(first[of].labels).filter(([name]) => fields.some((field) => isField(field, of, name))),
      ),
    });
    return [withPoints({ ...first, metric: kept("metric"), resource: kept("resource") } as Series, points)];
  });
}

function withPoints(series: Series, points: readonly Point[]): Series {
  const isDistribution = points.some(({ value }) => typeof value !== "number");
  const whole = points.every(({ value }) => typeof value !== "number" || Number.isInteger(value));
  return {
    ...series,
    valueType: isDistribution ? "DISTRIBUTION" : whole && series.valueType === "INT64" ? "INT64" : "DOUBLE",
    points,
  };
}

function labelOf(series: Series, field: string): string {
  for (const part of ["metric", "resource"] as const)
    for (const [name, value] of Object.entries(series[part].labels)) if (isField(field, part, name)) return value;
  return "";
}

/** `metric.labels.NAME`, or the older `metric.label.NAME`. */
function isField(field: string, of: string, name: string): boolean {
  return field === `${of}.labels.${name}` || field === `${of}.label.${name}`;
}

function percentile(part: number): Aligner {
  return (points) => {
    const sorted = numbers(points).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  };
}
