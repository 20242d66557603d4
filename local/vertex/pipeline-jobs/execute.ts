import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type {
  ComponentSpecJson,
  PipelineDeploymentConfig_ExecutorSpecJson,
  PipelineDeploymentConfig_ImporterSpecJson,
  PipelineDeploymentConfig_PipelineContainerSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { CustomJobPayloads } from "../custom-jobs/payload.ts";
import type { Capacity } from "../processes/capacity.ts";
import type { Containers } from "../processes/containers.ts";
import { follow } from "../processes/follow.ts";
import { findProcess, type ManagedProcess } from "../processes/process.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import { VertexError } from "../wire/errors.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import type { Artifacts } from "./artifacts.ts";
import type { TaskInputs } from "./inputs.ts";
import { gcpResources, isCustomJobLauncher, parseLauncherArguments } from "./launcher.ts";
import { namesOf } from "./names.ts";
import { collectOutputs, executorInput, layOutOutputs, prepareFolders } from "./outputs.ts";
import { fill, fillArgument, fillJson, type PlaceholderScope } from "./placeholders.ts";
import type { PipelineJobRecord, TaskRecord, Values } from "./records.ts";
import { requestOf } from "./resources.ts";

export interface ExecutorDependencies {
  readonly store: Store;
  readonly artifacts: Artifacts;
  readonly containers: Containers;
  readonly capacity: Capacity;
  readonly customJobs: CustomJobs;
  readonly payloads: CustomJobPayloads;
  readonly settings: Settings;
}

/** One try of a task that is no pipeline itself. */
export interface Execution {
  readonly job: PipelineJobRecord;
  readonly component: ComponentSpecJson;
  readonly executor: PipelineDeploymentConfig_ExecutorSpecJson;
  readonly inputs: TaskInputs;
  /** Of this task's logs. */
  readonly folder: string;
  readonly task: { get(): TaskRecord; update(changes: Partial<TaskRecord>): void };
  /** Called once the task has its place and begins. */
  readonly onRunning: () => void;
  readonly signal: AbortSignal;
}

export function kindOf(executor: PipelineDeploymentConfig_ExecutorSpecJson): TaskRecord["kind"] {
  if (executor.importer !== undefined) return "importer";
  if (executor.customJob !== undefined) return "custom-job";
  return executor.container !== undefined && isCustomJobLauncher(executor.container) ? "custom-job" : "container";
}

/** Runs the try to its end and gives its outputs; throws what it failed with, or the signal's reason. */
export async function execute(execution: Execution, dependencies: ExecutorDependencies): Promise<Values> {
  const { executor, component, job, task, inputs } = execution;
  const { mount } = dependencies.containers;
  const layout = layOutOutputs(component, job, task.get());
  const optional = new Set(
    Object.entries(component.inputDefinitions?.parameters ?? {})
      .filter(([, definition]) => definition.isOptional === true)
      .map(([name]) => name),
  );
  const scope: PlaceholderScope = { ...inputs, optional, names: namesOf(job, task.get()), outputs: layout };
  const filled: PlaceholderScope = {
    ...scope,
    executorInput: () => JSON.stringify(executorInput(component, inputs, layout)),
  };
  if (executor.importer !== undefined) {
    execution.onRunning();
    return runImporter(executor.importer, execution, scope, dependencies.artifacts);
  }
  prepareFolders(layout, mount);
  if (executor.customJob !== undefined) {
    const payload = fillJson((executor.customJob.customJob ?? {}) as JsonObject, filled) as JsonObject;
    await runCustomJob(payload, job.name.split("/").slice(0, 4).join("/"), execution, dependencies);
  } else if (executor.container !== undefined && isCustomJobLauncher(executor.container)) {
    await runLauncher(executor.container, filled, execution, dependencies);
  } else if (executor.container !== undefined) {
    await runContainer(executor.container, filled, execution, dependencies);
  }
  return collectOutputs(component, layout, mount, (facts) => dependencies.artifacts.create(job.name, facts));
}

function runImporter(
  importer: PipelineDeploymentConfig_ImporterSpecJson,
  execution: Execution,
  scope: PlaceholderScope,
  artifacts: Artifacts,
): Values {
  const { artifactUri, typeSchema, metadata = {}, reimport = false } = importer;
  const parameter = artifactUri?.runtimeParameter;
  const uri = parameter === undefined ? fill(String(artifactUri?.constant ?? ""), scope) : scope.parameters[parameter];
  if (typeof uri !== "string" || uri === "")
    throw new VertexError("INVALID_ARGUMENT", "The importer has no artifact URI.");
  const [output = "artifact"] = Object.keys(execution.component.outputDefinitions?.artifacts ?? {});
  const { schemaTitle = "system.Artifact", schemaVersion = "0.0.1", instanceSchema } = typeSchema ?? {};
  const facts = {
    displayName: output,
    uri,
    schemaTitle,
    schemaVersion,
    ...(instanceSchema === undefined ? {} : { instanceSchema }),
    metadata: fillJson(metadata as Json, scope) as JsonObject,
  };
  return { parameters: {}, artifacts: { [output]: [artifacts.import(execution.job.name, facts, reimport)] } };
}

async function runContainer(
  container: PipelineDeploymentConfig_PipelineContainerSpecJson,
  scope: PlaceholderScope,
  execution: Execution,
  { capacity, containers, settings }: ExecutorDependencies,
): Promise<void> {
  const { task, signal, folder } = execution;
  const request = requestOf(container.resources);
  const adopted = await adopt(task.get().process);
  const release = adopted === undefined ? await capacity.acquire(request, signal) : capacity.hold(request);
  try {
    const process = adopted ?? launch();
    execution.onRunning();
    const status = await follow(process, signal, settings.killGrace);
    if (status === 0) return;
    if (status === null)
      throw new VertexError("INTERNAL", `The task's process was lost. Its logs: ${process.directory}`);
    const lines = process.lastLines();
    throw new VertexError(
      "FAILED_PRECONDITION",
      `The replica workerpool0-0 exited with a non-zero status of ${status}.${lines === "" ? "" : `\n${lines}\n`} To find out more about why your job exited please check the logs: ${process.directory}`,
    );
  } finally {
    release();
  }

  function launch(): ManagedProcess {
    const launches = task.get().launches + 1;
    const directory = join(folder, String(launches));
    // Before the start: should the server end right after, the next one finds the process in this folder.
    task.update({ launches, process: directory });
    return containers.start(
      {
        image: fill(container.image ?? "", scope),
        command: (container.command ?? []).flatMap((text) => fillArgument(text, scope)),
        args: (container.args ?? []).flatMap((text) => fillArgument(text, scope)),
        environment: Object.fromEntries(
          (container.env ?? []).map(({ name = "", value = "" }) => [name, fill(value, scope)]),
        ),
      },
      directory,
    );
  }
}

/** The process that an earlier server started for this try, if it runs or has left its status. */
async function adopt(directory: string | null): Promise<ManagedProcess | undefined> {
  if (directory === null) return undefined;
  const found = await findProcess(directory);
  return found.kind === "lost" ? undefined : found.process;
}

async function runLauncher(
  container: PipelineDeploymentConfig_PipelineContainerSpecJson,
  scope: PlaceholderScope,
  execution: Execution,
  dependencies: ExecutorDependencies,
): Promise<void> {
  const args = (container.args ?? []).flatMap((text) => fillArgument(text, scope));
  const { project, location, payload, gcpResources: path } = parseLauncherArguments(args);
  const name = await runCustomJob(payload, `projects/${project}/locations/${location}`, execution, dependencies);
  const file = dependencies.containers.mount.localPath(path);
  if (file === undefined) throw new VertexError("INVALID_ARGUMENT", `--gcp_resources ${path} should be under /gcs/.`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gcpResources(name, location));
}

/** Creates the CustomJob, or adopts the one that this try has created before; gives its name when it has succeeded. */
async function runCustomJob(
  payload: JsonObject,
  parent: string,
  { task, signal, onRunning }: Execution,
  { customJobs, payloads, store }: ExecutorDependencies,
): Promise<string> {
  if (task.get().customJob === null) signal.throwIfAborted();
  const name =
    task.get().customJob ??
    store.transaction(() => {
      const job = customJobs.create(parent, payloads.parse(payload));
      task.update({ customJob: job.name });
      return job.name;
    });
  onRunning();
  let ended: Awaited<ReturnType<CustomJobs["ended"]>>;
  try {
    ended = await customJobs.ended(name, signal);
  } catch (error) {
    if (!(error instanceof Error && error.name === "Cancelled")) throw error;
    customJobs.cancel(name);
    await customJobs.ended(name, new AbortController().signal);
    throw error;
  }
  if (ended.state === "JOB_STATE_SUCCEEDED") return name;
  throw new VertexError(
    ended.state === "JOB_STATE_CANCELLED" ? "CANCELLED" : "FAILED_PRECONDITION",
    `Job failed with value ${ended.state}: ${name}: ${ended.error?.message ?? "no error was given"}`,
  );
}
