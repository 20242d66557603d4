import type { PipelineJobRecord, TaskRecord } from "../../pipeline-jobs/records.ts";
import type { Json } from "../../wire/json.ts";
import { type Classification, classifications } from "../metrics/classification.ts";
import { isMetrics } from "../metrics/metrics.ts";

/** What of a job is compared with another's. */
export interface Measured {
  readonly job: PipelineJobRecord;
  readonly parameters: Readonly<Record<string, Json>>;
  /** By task and name: numbers of metrics, and numbers that a task or the pipeline gives. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** By task and output. */
  readonly classifications: Readonly<Record<string, Classification>>;
  /** By unique name, without pipelines and loops. */
  readonly tasks: Readonly<Record<string, TaskRecord>>;
}

export function measured(job: PipelineJobRecord, tasks: readonly TaskRecord[]): Measured {
  const metrics: Record<string, Json> = {};
  const found: Record<string, Classification> = {};
  const leaves = tasks.filter(({ kind }) => kind !== "dag");
  for (const task of leaves) {
    for (const [name, value] of Object.entries(task.outputs.parameters)) {
      if (typeof value === "number") metrics[`${task.uniqueName} · ${name}`] = value;
    }
    for (const [output, artifacts] of Object.entries(task.outputs.artifacts)) {
      for (const { metadata } of artifacts.filter(isMetrics)) {
        for (const [name, value] of Object.entries(metadata)) {
          if (typeof value === "number") metrics[`${task.uniqueName} · ${name}`] = value;
        }
        for (const each of classifications(metadata)) {
          const slice = each.slice === null ? "" : `, ${each.slice}`;
          found[`${task.uniqueName} · ${output}${slice}`] = each;
        }
      }
    }
  }
  return {
    job,
    parameters: job.parameterValues,
    metrics,
    classifications: found,
    tasks: Object.fromEntries(leaves.map((task) => [task.uniqueName, task])),
  };
}

/** Names that any of them has, in the order in which they come. */
export function namesIn(records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}
