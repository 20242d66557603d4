import aiplatform from "@google-cloud/aiplatform";
import { fromStruct, type Json, type JsonObject, mapValues, toStruct, toValue } from "../wire/json.ts";
import { parent, type TestVertex, until } from "./harness.ts";

const { PipelineServiceClient } = aiplatform.v1;

export type Job = aiplatform.protos.google.cloud.aiplatform.v1.IPipelineJob;
export type TaskDetail = aiplatform.protos.google.cloud.aiplatform.v1.IPipelineTaskDetail;

export interface Submission {
  readonly id?: string;
  readonly parameters?: JsonObject;
  /** Artifact ids by input. */
  readonly artifacts?: Readonly<Record<string, string>>;
  readonly failFast?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly root?: string;
}

/** Submits pipelines with Google's client and looks at what became of them. */
export class Pipelines {
  readonly client: InstanceType<typeof PipelineServiceClient>;
  #counter = 0;

  constructor(server: Pick<TestVertex, "client">) {
    this.client = new PipelineServiceClient(server.client);
  }

  async submit(spec: JsonObject, submission: Submission = {}): Promise<string> {
    const {
      id = `job-${++this.#counter}`,
      parameters = {},
      artifacts = {},
      failFast = false,
      labels = {},
    } = submission;
    const [job] = await this.client.createPipelineJob({
      parent,
      pipelineJobId: id,
      pipelineJob: {
        pipelineSpec: toStruct(spec) as never,
        labels,
        runtimeConfig: {
          gcsOutputDirectory: submission.root ?? "gs://bucket/runs",
          parameterValues: mapValues(parameters, toValue) as never,
          inputArtifacts: mapValues(artifacts, (artifactId) => ({ artifactId })),
          failurePolicy: failFast ? "PIPELINE_FAILURE_POLICY_FAIL_FAST" : "PIPELINE_FAILURE_POLICY_FAIL_SLOW",
        },
      },
    });
    return job.name ?? "";
  }

  async get(name: string): Promise<Job> {
    return (await this.client.getPipelineJob({ name }))[0];
  }

  ended(name: string, seconds = 10): Promise<Job> {
    return until(
      () => this.get(name),
      ({ endTime }) => endTime !== null,
      seconds,
    );
  }

  async run(spec: JsonObject, submission: Submission = {}, seconds = 10): Promise<Job> {
    return this.ended(await this.submit(spec, submission), seconds);
  }
}

/** Throws when the job has no such task. */
export function taskOf(job: Job, name: string): TaskDetail {
  const details = job.jobDetail?.taskDetails ?? [];
  const found = details.find(({ taskName, taskUniqueName }) => taskName === name || taskUniqueName === name);
  if (found === undefined)
    throw new Error(`no task ${name} among ${details.map(({ taskUniqueName }) => taskUniqueName)}`);
  return found;
}

/** State of each task but the root, by unique name. */
export function statesOf(job: Job): Record<string, unknown> {
  return Object.fromEntries(
    (job.jobDetail?.taskDetails ?? []).slice(1).map(({ taskUniqueName, state }) => [taskUniqueName, state]),
  );
}

/** An output parameter of a task, as its execution tells it. */
export function outputOf(job: Job, task: string, key: string): Json | undefined {
  return metadataOf(taskOf(job, task))[`output:${key}`];
}

export function inputOf(job: Job, task: string, key: string): Json | undefined {
  return metadataOf(taskOf(job, task))[`input:${key}`];
}

function metadataOf(task: TaskDetail): JsonObject {
  return fromStruct((task.execution?.metadata ?? undefined) as Parameters<typeof fromStruct>[0]);
}
