import type { Endpoints } from "../endpoints/endpoints.ts";
import type { EndpointRecord } from "../endpoints/records.ts";
import type { RequestMinute } from "../serving/request-minutes.ts";
import { idOf, locationOf } from "../wire/names.ts";

/** A point of a time series: a number, or the values that a distribution is made of. */
export interface Point {
  /** Of a delta, the beginning of its minute; of a gauge, the same as its end. Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly value: number | readonly number[];
}

export interface Series {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly metricKind: "DELTA" | "GAUGE";
  readonly valueType: "INT64" | "DOUBLE" | "DISTRIBUTION";
  readonly unit: string;
  /** The newest first, as Cloud Monitoring gives them. */
  readonly points: readonly Point[];
}

export interface MetricDescriptor extends Pick<Series, "metricKind" | "valueType" | "unit"> {
  readonly type: string;
  readonly description: string;
  readonly labels: readonly string[];
}

interface Metric extends MetricDescriptor {
  /** What a minute of requests, or the deployed model as it stands, gives: label values beyond the deployed model's. */
  readonly measure: (
    source: Source,
  ) => readonly { readonly labels: Readonly<Record<string, string>>; readonly points: readonly Point[] }[];
}

interface Source {
  readonly minutes: readonly RequestMinute[];
  readonly replicas: number;
  readonly now: number;
}

const minute = 60_000;
const prefix = "aiplatform.googleapis.com/prediction/online";
export const resourceType = "aiplatform.googleapis.com/Endpoint";

const delta = (minutes: readonly RequestMinute[], value: (of: RequestMinute) => Point["value"] | undefined): Point[] =>
  minutes.flatMap((of) => {
    const found = value(of);
    return found === undefined ? [] : [{ start: of.start, end: of.start + minute, value: found }];
  });

/** The endpoint metrics of https://cloud.google.com/monitoring/api/metrics_gcp_a_b#gcp-aiplatform that exist here. */
const metrics: readonly Metric[] = [
  {
    type: `${prefix}/prediction_count`,
    description: "Number of online predictions; each instance of a request counts.",
    labels: ["deployed_model_id"],
    metricKind: "DELTA",
    valueType: "INT64",
    unit: "1",
    measure: ({ minutes }) => [{ labels: {}, points: delta(minutes, ({ predictions }) => predictions) }],
  },
  {
    type: `${prefix}/error_count`,
    description: "Number of online prediction errors.",
    labels: ["deployed_model_id"],
    metricKind: "DELTA",
    valueType: "INT64",
    unit: "1",
    measure: ({ minutes }) => [{ labels: {}, points: delta(minutes, ({ errors }) => errors) }],
  },
  {
    type: `${prefix}/response_count`,
    description: "Number of online prediction responses by code.",
    labels: ["deployed_model_id", "response_code"],
    metricKind: "DELTA",
    valueType: "INT64",
    unit: "1",
    measure: ({ minutes }) => {
      const codes = [...new Set(minutes.flatMap(({ responses }) => [...responses.keys()]))].sort((a, b) => a - b);
      return codes.map((code) => ({
        labels: { response_code: String(code) },
        points: delta(minutes, ({ responses }) => responses.get(code)),
      }));
    },
  },
  {
    type: `${prefix}/prediction_latencies`,
    description: "Online prediction latency of the deployed model.",
    labels: ["deployed_model_id", "latency_type"],
    metricKind: "DELTA",
    valueType: "DISTRIBUTION",
    unit: "ms",
    measure: ({ minutes }) => [
      { labels: { latency_type: "total" }, points: delta(minutes, ({ latencies }) => latencies) },
    ],
  },
  {
    type: `${prefix}/replicas`,
    description: "Number of active replicas used by the deployed model.",
    labels: ["deployed_model_id"],
    metricKind: "GAUGE",
    valueType: "INT64",
    unit: "1",
    measure: ({ replicas, now }) => [{ labels: {}, points: [{ start: now, end: now, value: replicas }] }],
  },
];

export const metricDescriptors: readonly MetricDescriptor[] = metrics;

/** Every series of a project's endpoints, points newest first. */
export function allSeries(endpoints: Endpoints, records: readonly EndpointRecord[], now: number): Series[] {
  return records.flatMap((endpoint) => {
    const { project, location } = locationOf(endpoint.name);
    const labels = { resource_container: project, location, endpoint_id: idOf(endpoint.name) };
    return endpoint.deployedModels.flatMap(({ id }) => {
      const source = {
        minutes: endpoints.deployment(endpoint.name, id).requests.minutes,
        replicas: endpoints.availableReplicas(endpoint.name, id),
        now,
      };
      return metrics.flatMap(({ type, metricKind, valueType, unit, measure }) =>
        measure(source).map((measured) => ({
          metric: { type, labels: { deployed_model_id: id, ...measured.labels } },
          resource: { type: resourceType, labels },
          metricKind,
          valueType,
          unit,
          points: [...measured.points].reverse(),
        })),
      );
    });
  });
}
