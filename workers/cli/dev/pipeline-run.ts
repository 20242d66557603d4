import { setTimeout as sleep } from "node:timers/promises";
import type { protos } from "@google-cloud/aiplatform";
import { createVertexClients, type VertexClients } from "../../../activities/clients/vertex.ts";
import { fromProtobufValue, toProtobufValue, toStruct } from "../../../activities/vertex/values.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import type { JsonValue } from "../../../specs/nodes/index.ts";
import type { LocalVertex } from "./local-vertex.ts";
import type { SeenTask } from "./task-rows.ts";

type Job = protos.google.cloud.aiplatform.v1.IPipelineJob;

export interface RunLook {
  readonly tasks: readonly SeenTask[];
  /** Null while it runs. */
  readonly end: "succeeded" | "failed" | "cancelled" | null;
  readonly error: string | null;
}

const project = "retemper";
const location = "us-central1";
const parent = `projects/${project}/locations/${location}`;
/** A task of a first pipeline takes a tenth of a second; one of an hour need not be looked at as often. */
const lookMilliseconds = (elapsed: number) => Math.min(500, Math.max(25, elapsed / 20));

/** Runs specs on a local Vertex, through Google's own client. */
export class PipelineRunner implements AsyncDisposable {
  readonly #vertex: LocalVertex;
  readonly #clients: VertexClients;

  constructor(vertex: LocalVertex) {
    this.#vertex = vertex;
    this.#clients = createVertexClients({
      project,
      vertex: { endpoint: vertex.address, plaintext: true, console: null, pollSeconds: 1 },
    });
  }

  /** Loads the client, which takes a while, before it is needed. */
  async warmUp(): Promise<void> {
    await (await this.#clients.pipelines()).initialize();
  }

  /** Submits a spec and looks at its job until it has ended. When the signal says so, the job is cancelled. */
  async *run(
    spec: PipelineSpec,
    parameters: Readonly<Record<string, JsonValue>>,
    signal: AbortSignal,
  ): AsyncGenerator<RunLook> {
    const pipelines = await this.#clients.pipelines();
    signal.throwIfAborted();
    const [{ name = "" }] = (await pipelines.createPipelineJob({
      parent,
      pipelineJob: {
        displayName: (spec.pipelineInfo?.name ?? "pipeline").slice(0, 128),
        pipelineSpec: toStruct(spec),
        runtimeConfig: {
          gcsOutputDirectory: `gs://${this.#vertex.bucket}/dev`,
          parameterValues: Object.fromEntries(
            Object.entries(parameters).map(([key, value]) => [key, toProtobufValue(value)]),
          ),
        },
      },
    })) as [{ name?: string }, ...unknown[]];
    const begin = performance.now();
    try {
      for (;;) {
        const [job] = await pipelines.getPipelineJob({ name });
        signal.throwIfAborted();
        const look = read(job);
        yield look;
        if (look.end !== null) return;
        await sleep(lookMilliseconds(performance.now() - begin), undefined, { signal });
      }
    } finally {
      if (signal.aborted) await pipelines.cancelPipelineJob({ name });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#clients.close();
  }
}

const ends: Readonly<Record<string, RunLook["end"]>> = {
  PIPELINE_STATE_SUCCEEDED: "succeeded",
  PIPELINE_STATE_FAILED: "failed",
  PIPELINE_STATE_CANCELLED: "cancelled",
};

function read({ state, error, jobDetail }: Job): RunLook {
  const details = jobDetail?.taskDetails ?? [];
  const byId = new Map(details.map((task) => [String(task.taskId), task]));
  // Of the tries of a pipeline in the pipeline, the last one counts.
  const last = new Map(details.map((task) => [task.taskUniqueName ?? "", task]));
  return {
    end: ends[String(state)] ?? null,
    error: error?.message ?? null,
    tasks: [...last.values()].map((task) => ({
      path: pathOf(task, byId),
      state: String(task.state),
      startedAt: timeOf(task.startTime),
      endedAt: timeOf(task.endTime),
      outputs: outputsOf(task.execution?.metadata?.fields ?? {}),
      error: task.error?.message ?? null,
    })),
  };
}

type TaskDetail = protos.google.cloud.aiplatform.v1.IPipelineTaskDetail;

/** Without the job's own task, and without the tasks that stand for one iteration: they are called `LOOP-INDEX`. */
function pathOf(task: TaskDetail, byId: ReadonlyMap<string, TaskDetail>): string {
  const names: string[] = [];
  for (let at: TaskDetail | undefined = task; at !== undefined; ) {
    const parent: TaskDetail | undefined = byId.get(String(at.parentTaskId));
    const name = at.taskName ?? "";
    const isIteration = parent !== undefined && /-\d+$/.test(name) && name.replace(/-\d+$/, "") === parent.taskName;
    if (parent !== undefined && !isIteration) names.unshift(name);
    at = parent;
  }
  return names.join(".");
}

function timeOf(time: protos.google.protobuf.ITimestamp | null | undefined): number | null {
  return time?.seconds ? Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6 : null;
}

function outputsOf(metadata: Readonly<Record<string, protos.google.protobuf.IValue>>): Record<string, unknown> {
  const prefix = "output:";
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), fromProtobufValue(value)]),
  );
}
