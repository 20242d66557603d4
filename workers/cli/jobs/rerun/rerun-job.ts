import type { protos } from "@google-cloud/aiplatform";
import { labelValue, resourceId } from "../../../../activities/vertex/names.ts";
import { toProtobufValue, toStruct } from "../../../../activities/vertex/values.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import type { JsonValue } from "../../../../specs/nodes/index.ts";
import type { Placed } from "../places.ts";
import type { PulledArtifact, PulledJob } from "../pulled-job.ts";

type Request = protos.google.cloud.aiplatform.v1.ICreatePipelineJobRequest;
type TaskDetail = protos.google.cloud.aiplatform.v1.IPipelineTaskDetail;
type Artifact = protos.google.cloud.aiplatform.v1.IArtifact;

/** Local Vertex lets a job with this label take the results that its details name. */
const rerunLabel = "retemper-rerun-of";

export interface Rerun {
  readonly job: PulledJob;
  /** The job's own, or what was made of it. */
  readonly spec: PipelineSpec;
  readonly taken: readonly Placed[];
  /** In the place of the job's own values. */
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly id: string;
}

/**
 * The request for a job in the place of another one: in the same project and region, writing to the same addresses, so
 * that all that its tasks can see of these is as it was; only that all of it is on this machine.
 */
export function rerunRequest({ job, spec, taken, parameters, id }: Rerun): Request {
  const { runtimeConfig } = job;
  const values = Object.entries({ ...runtimeConfig.parameterValues, ...parameters });
  return {
    parent: job.name.split("/").slice(0, 4).join("/"),
    pipelineJobId: id,
    pipelineJob: {
      displayName: job.displayName,
      labels: { ...job.labels, [rerunLabel]: labelValue(resourceId(job.name)) },
      serviceAccount: job.serviceAccount,
      network: job.network,
      pipelineSpec: toStruct(spec),
      runtimeConfig: {
        gcsOutputDirectory: runtimeConfig.gcsOutputDirectory,
        failurePolicy: runtimeConfig.failurePolicy as "PIPELINE_FAILURE_POLICY_FAIL_SLOW",
        parameterValues: Object.fromEntries(values.map(([name, value]) => [name, toProtobufValue(value)])),
        inputArtifacts: Object.fromEntries(
          Object.entries(runtimeConfig.inputArtifacts).map(([input, { name }]) => [
            input,
            { artifactId: resourceId(name) },
          ]),
        ),
      },
      jobDetail: { taskDetails: taken.map(takenDetail) },
    },
  };
}

/** `rerun-JOB-20260101123000`, as job ids have to be. */
export function rerunId({ name }: Pick<PulledJob, "name">, now: Date): string {
  const time = now.toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const id = resourceId(name).replace(/^rerun-(.*)-\d{14}$/, "$1");
  return `rerun-${id.slice(0, 100)}-${time}`;
}

export function artifactMessage({ metadata, ...artifact }: PulledArtifact): Artifact {
  return { ...artifact, metadata: toStruct(metadata), state: "LIVE" };
}

function takenDetail({ place, task }: Placed): TaskDetail {
  const { parameters, artifacts } = task.outputs;
  const outputs = Object.entries(parameters).map(([name, value]) => [`output:${name}`, value]);
  return {
    taskName: task.name,
    taskUniqueName: place,
    state: "SUCCEEDED",
    execution: { metadata: toStruct(Object.fromEntries(outputs)) },
    outputs: Object.fromEntries(
      Object.entries(artifacts).map(([name, list]) => [name, { artifacts: list.map(artifactMessage) }]),
    ),
  };
}
