import { metadataStore } from "../pipeline-jobs/artifacts.ts";
import { executionState, prefixed, schemaTitles } from "../pipeline-jobs/message.ts";
import type { PipelineJobs } from "../pipeline-jobs/pipeline-jobs.ts";
import type { PipelineJobRecord, TaskRecord, Values } from "../pipeline-jobs/records.ts";
import { idOf, locationOf } from "../wire/names.ts";
import type { Context, EventRecord, Execution, Membership } from "./records.ts";

/** What one location's pipeline jobs leave in its metadata store. */
export interface PipelineMetadata {
  readonly contexts: readonly Context[];
  readonly executions: readonly Execution[];
  readonly events: readonly EventRecord[];
  readonly memberships: readonly Membership[];
}

/**
 * As Vertex Pipelines writes it (https://cloud.google.com/vertex-ai/docs/pipelines/lineage): a context of the pipeline,
 * one of each run below it, an execution of each task, and an event of each artifact that goes in or comes out. All of
 * it is in the tasks' own records, so that it is read from there, as long as the job is there.
 *
 * @param store `projects/P/locations/L/metadataStores/S`; only the default one has pipelines
 */
export function pipelineMetadata(jobs: PipelineJobs, store: string): PipelineMetadata {
  const all =
    store === metadataStore(store) ? jobs.list(locationOf(store).name).map((job) => jobMetadata(jobs, job)) : [];
  const contexts = new Map<string, Context>();
  // The first run made the pipeline's.
  for (const one of all.flatMap((metadata) => metadata.contexts))
    if (!contexts.has(one.name)) contexts.set(one.name, one);
  return {
    contexts: [...contexts.values()],
    executions: all.flatMap(({ executions }) => executions),
    events: all.flatMap(({ events }) => events),
    memberships: all.flatMap(({ memberships }) => memberships),
  };
}

/** What one job leaves. */
export function jobMetadata(jobs: PipelineJobs, job: PipelineJobRecord): PipelineMetadata {
  const store = metadataStore(job.name);
  const executions: Execution[] = [];
  const events: EventRecord[] = [];
  const memberships: Membership[] = [];
  const pipeline = context(store, job.pipelineName, "system.Pipeline", job, {});
  const run = context(store, idOf(job.name), "system.PipelineRun", job, {
    parentContexts: [pipeline.name],
    metadata: prefixed("input:", job.parameterValues),
  });
  for (const task of jobs.ledger(job.name).list()) {
    executions.push(execution(task));
    const found = [...eventsOf(task, "INPUT", task.inputs), ...eventsOf(task, "OUTPUT", task.outputs)];
    events.push(...found);
    for (const member of [task.execution, ...found.map(({ artifact }) => artifact)])
      memberships.push({ context: run.name, member });
  }
  return { contexts: [pipeline, run], executions, events, memberships };
}

function context(
  store: string,
  id: string,
  schemaTitle: string,
  { createTime }: PipelineJobRecord,
  more: Partial<Context>,
): Context {
  return {
    name: `${store}/contexts/${id}`,
    displayName: id,
    schemaTitle,
    schemaVersion: "0.0.1",
    metadata: {},
    parentContexts: [],
    createTime,
    updateTime: createTime,
    ...more,
  };
}

function execution(task: TaskRecord): Execution {
  return {
    name: task.execution,
    displayName: task.taskName,
    state: executionState(task.state),
    schemaTitle: task.parentId === undefined ? "system.Run" : schemaTitles[task.kind],
    schemaVersion: "0.0.1",
    metadata: { ...prefixed("input:", task.inputs.parameters), ...prefixed("output:", task.outputs.parameters) },
    createTime: task.createTime,
    updateTime: task.history.at(-1)?.time ?? task.createTime,
  };
}

function eventsOf(task: TaskRecord, type: EventRecord["type"], { artifacts }: Values): EventRecord[] {
  const eventTime = (type === "INPUT" ? task.startTime : task.endTime) ?? task.createTime;
  return Object.values(artifacts).flatMap((list) =>
    list.map(({ name }) => ({ artifact: name, execution: task.execution, type, eventTime, labels: {} })),
  );
}
