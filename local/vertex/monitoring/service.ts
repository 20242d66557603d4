import type { Clock } from "../../clock.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { VertexError } from "../wire/errors.ts";
import { parseFilter } from "../wire/filter.ts";
import { listPage } from "../wire/list.ts";
import type { Methods } from "../wire/server.ts";
import { fromDuration, type TimeMessage, toTime } from "../wire/time.ts";
import { aggregate } from "./align.ts";
import {
  allSeries,
  type MetricDescriptor,
  metricDescriptors,
  type Point,
  resourceType,
  type Series,
} from "./metrics.ts";

interface ListTimeSeriesRequest {
  readonly name?: string;
  readonly filter?: string;
  readonly interval?: { readonly startTime?: TimeMessage; readonly endTime?: TimeMessage };
  readonly aggregation?: {
    readonly alignmentPeriod?: TimeMessage;
    readonly perSeriesAligner?: string;
    readonly crossSeriesReducer?: string;
    readonly groupByFields?: readonly string[];
  };
  readonly view?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

interface ListRequest {
  readonly name?: string;
  readonly filter?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

/** google.monitoring.v3's MetricService, as far as the metrics of endpoints go. */
export function metricService(endpoints: Endpoints, clock: Clock): NonNullable<Methods["MetricService"]> {
  return {
    ListTimeSeries: (request: ListTimeSeriesRequest) => {
      const project = projectOf(request.name);
      const { startTime, endTime } = request.interval ?? {};
      if (endTime === undefined) throw new VertexError("INVALID_ARGUMENT", "interval.end_time: is required.");
      const end = fromDuration(endTime);
      const start = startTime === undefined ? end : fromDuration(startTime);
      if (start > end) throw new VertexError("INVALID_ARGUMENT", "interval: should not end before it starts.");
      const filter = request.filter ?? "";
      if (!/metric\.type\s*=/.test(filter))
        throw new VertexError("INVALID_ARGUMENT", 'filter: should name one metric, as in metric.type = "…".');
      const records = endpoints.listOfProject(project);
      const found = allSeries(endpoints, records, clock.now())
        .filter(seriesFilter(filter))
        .map((series) => ({
          ...series,
          points: series.points.filter((point) => point.end > start && point.start <= end),
        }))
        .filter(({ points }) => points.length > 0);
      const { alignmentPeriod, perSeriesAligner, crossSeriesReducer, groupByFields = [] } = request.aggregation ?? {};
      const series = aggregate(found, end, {
        alignmentPeriod: alignmentPeriod === undefined ? 60_000 : fromDuration(alignmentPeriod),
        perSeriesAligner: perSeriesAligner ?? "ALIGN_NONE",
        crossSeriesReducer: crossSeriesReducer ?? "REDUCE_NONE",
        groupByFields,
      });
      const { items, nextPageToken } = page(series, request, seriesName);
      return { timeSeries: items.map((one) => seriesMessage(one, request.view === "HEADERS")), nextPageToken };
    },
    ListMetricDescriptors: (request: ListRequest) => {
      const project = projectOf(request.name);
      const type = { kind: "text", of: ({ type: name }: MetricDescriptor) => name } as const;
      const matching = metricDescriptors.filter(
        parseFilter(startsWithAsWildcard(request.filter ?? ""), {
          fields: { "metric.type": type },
          labels: () => ({}),
        }),
      );
      const { items, nextPageToken } = page(matching, request, ({ type: name }) => name);
      return { metricDescriptors: items.map((one) => descriptorMessage(project, one)), nextPageToken };
    },
    GetMetricDescriptor: ({ name = "" }: { name?: string }) => {
      const found = metricDescriptors.find(({ type }) => name.endsWith(`/metricDescriptors/${type}`));
      if (found === undefined) throw new VertexError("NOT_FOUND", `${name} is not found.`);
      return descriptorMessage(projectOf(name.split("/").slice(0, 2).join("/")), found);
    },
  };
}

function projectOf(name: string | undefined): string {
  const project = /^projects\/([^/]+)$/.exec(name ?? "")?.[1];
  if (project === undefined)
    throw new VertexError("INVALID_ARGUMENT", `name: "${name ?? ""}" should be projects/PROJECT.`);
  return project;
}

/** https://cloud.google.com/monitoring/api/v3/filters */
function seriesFilter(filter: string): (series: Series) => boolean {
  const labels = ["deployed_model_id", "response_code", "latency_type"];
  const ofResource = ["resource_container", "location", "endpoint_id"];
  const label = (of: "metric" | "resource", name: string) => ({
    kind: "text" as const,
    of: (series: Series) => series[of].labels[name],
  });
  const named = (of: "metric" | "resource", names: readonly string[]) =>
    names.flatMap((name) => [
      [`${of}.labels.${name}`, label(of, name)] as const,
      [`${of}.label.${name}`, label(of, name)] as const,
    ]);
  return parseFilter<Series>(startsWithAsWildcard(filter), {
    labels: () => ({}),
    fields: {
      "metric.type": { kind: "text", of: ({ metric }) => metric.type },
      "resource.type": { kind: "text", of: ({ resource }) => resource.type },
      project: label("resource", "resource_container"),
      ...Object.fromEntries([...named("metric", labels), ...named("resource", ofResource)]),
    },
  });
}

/** `starts_with("…")` is a text with a wildcard at its end. */
function startsWithAsWildcard(filter: string): string {
  return filter.replace(/starts_with\(\s*"([^"]*)"\s*\)/g, '"$1*"');
}

function page<T>(items: readonly T[], { pageSize = 0, pageToken = "" }: ListRequest, name: (item: T) => string) {
  const request = { pageSize, pageToken };
  const fields = { name, labels: () => ({}), fields: {}, orders: { name }, defaultOrder: "name" };
  return listPage(items, request, fields);
}

function seriesName({ metric, resource }: Series): string {
  return JSON.stringify([metric.type, Object.entries(resource.labels), Object.entries(metric.labels)]);
}

function seriesMessage(
  { metric, resource, metricKind, valueType, unit, points }: Series,
  headersOnly: boolean,
): object {
  return {
    metric,
    resource,
    metricKind,
    valueType,
    unit,
    ...(headersOnly ? {} : { points: points.map((point) => pointMessage(point, valueType)) }),
  };
}

function pointMessage({ start, end, value }: Point, valueType: Series["valueType"]): object {
  const interval = { startTime: toTime(start), endTime: toTime(end) };
  if (typeof value !== "number") return { interval, value: { distributionValue: distribution(value) } };
  return { interval, value: valueType === "INT64" ? { int64Value: String(value) } : { doubleValue: value } };
}

const growthFactor = 1.4;
const finiteBuckets = 40;

/** Exponential buckets from 1 ms on (https://github.com/googleapis/googleapis/blob/master/google/api/distribution.proto). */
function distribution(values: readonly number[]): object {
  const mean = values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
  const counts = new Array<number>(finiteBuckets + 2).fill(0);
  for (const value of values) {
    const bucket =
      value < 1 ? 0 : Math.min(finiteBuckets + 1, Math.floor(Math.log(value) / Math.log(growthFactor)) + 1);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return {
    count: String(values.length),
    mean,
    sumOfSquaredDeviation: values.reduce((total, value) => total + (value - mean) ** 2, 0),
    bucketOptions: { exponentialBuckets: { numFiniteBuckets: finiteBuckets, growthFactor, scale: 1 } },
    bucketCounts: counts.map(String),
  };
}

function descriptorMessage(
  project: string,
  { type, description, labels, metricKind, valueType, unit }: MetricDescriptor,
): object {
  return {
    name: `projects/${project}/metricDescriptors/${type}`,
    type,
    description,
    labels: labels.map((key) => ({ key, valueType: "STRING" })),
    metricKind,
    valueType,
    unit,
    monitoredResourceTypes: [resourceType],
  };
}
