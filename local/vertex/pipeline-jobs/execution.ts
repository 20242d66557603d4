import type {
  ComponentSpecJson,
  PipelineDeploymentConfig_ExecutorSpecJson,
} from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Clock } from "../../clock.ts";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { Operations } from "../operations/operations.ts";
import type { Capacity } from "../processes/capacity.ts";
import type { Containers } from "../processes/containers.ts";
import type { CpuLimits } from "../processes/cpu.ts";
import type { MemoryGuard } from "../processes/memory.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { JsonObject } from "../wire/json.ts";
import { locationOf } from "../wire/names.ts";
import type { Artifacts } from "./artifacts.ts";
import { runContainer } from "./container-task.ts";
import {
  ComponentRun,
  googleComponentOf,
  LauncherOptions,
  runCustomJob,
  runGoogleComponent,
} from "./google-components/index.ts";
import type { Requests, VertexApi } from "./google-components/requests.ts";
import { type Importer, runImporter } from "./importer.ts";
import type { TaskInputs } from "./inputs.ts";
import { namesOf } from "./names.ts";
import { collectOutputs, executorInput, layOutOutputs, prepareFolders } from "./outputs.ts";
import { fillArgument, fillJson, type PlaceholderScope } from "./placeholders.ts";
import type { PipelineJobRecord, TaskRecord, Values } from "./records.ts";

export interface ExecutorDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly artifacts: Artifacts;
  readonly importer: Importer;
  readonly containers: Containers;
  readonly capacity: Capacity;
  readonly cpu: CpuLimits;
  readonly memory: MemoryGuard;
  readonly customJobs: CustomJobs;
  readonly operations: Operations;
  readonly requests: Requests;
  readonly api: VertexApi;
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

export function kindOf({
  importer,
  customJob,
  container,
}: PipelineDeploymentConfig_ExecutorSpecJson): TaskRecord["kind"] {
  if (importer !== undefined) return "importer";
  if (customJob !== undefined) return "custom-job";
  return container !== undefined && googleComponentOf(container) === "custom-job" ? "custom-job" : "container";
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
  const { importer, customJob, container } = executor;
  if (importer !== undefined) return runImporter(importer, execution, scope, dependencies);
  prepareFolders(layout, mount);
  if (customJob !== undefined) {
    const payload = fillJson((customJob.customJob ?? {}) as JsonObject, filled) as JsonObject;
    await runCustomJob(payload, locationOf(job.name).name, execution, dependencies);
  } else if (container !== undefined) {
    const google = googleComponentOf(container);
    if (google === undefined) await runContainer(container, filled, execution, dependencies);
    else {
      const options = new LauncherOptions((container.args ?? []).flatMap((text) => fillArgument(text, filled)));
      await runGoogleComponent(google, new ComponentRun(options, execution, dependencies, layout.outputFile));
    }
  }
  return collectOutputs(component, layout, mount, (facts) => dependencies.artifacts.create(job.name, facts));
}
