import type { PipelineSpec } from "../../../specs/ir/types.ts";
import type { PulledArtifact, PulledJob, PulledTask } from "./pulled-job.ts";

/** Jobs for tests, without a server. */

export const noValues = { parameters: {}, artifacts: {} };

/** A task as Vertex tells it; its id is its name, with those around it. */
export function told(id: string, more: Partial<PulledTask> = {}): PulledTask {
  const names = id.split("/");
  return {
    id,
    parent: names.length === 1 ? "job" : names.slice(0, -1).join("/"),
    name: names.at(-1) ?? "",
    state: "SUCCEEDED",
    error: null,
    createTime: null,
    startTime: null,
    endTime: null,
    history: [],
    execution: null,
    jobs: [],
    inputs: noValues,
    outputs: noValues,
    ...more,
  };
}

export function pulled(spec: PipelineSpec, tasks: readonly PulledTask[], more: Partial<PulledJob> = {}): PulledJob {
  return {
    name: "projects/p/locations/us-central1/pipelineJobs/job",
    displayName: "job",
    state: "FAILED",
    error: null,
    labels: {},
    serviceAccount: "",
    network: "",
    templateUri: "",
    createTime: null,
    startTime: null,
    endTime: null,
    runtimeConfig: {
      gcsOutputDirectory: "gs://theirs/runs",
      parameterValues: {},
      failurePolicy: "",
      inputArtifacts: {},
    },
    spec,
    tasks: [told("job", { parent: null }), ...tasks],
    ...more,
  };
}

export function artifactAt(uri: string): PulledArtifact {
  return {
    name: `artifacts/${uri}`,
    displayName: "",
    uri,
    schemaTitle: "system.Dataset",
    schemaVersion: "0.0.1",
    metadata: {},
  };
}
