import type { Clock } from "../../clock.ts";
import type { CustomJobs } from "../custom-jobs/custom-jobs.ts";
import type { CustomJobMessage, CustomJobSpecMessage } from "../custom-jobs/records.ts";
import { validateCustomJob } from "../custom-jobs/validate.ts";
import { type JobCell, Jobs } from "../jobs/jobs.ts";
import type { Models } from "../models/models.ts";
import { ServerClosing } from "../shutdown.ts";
import type { Store } from "../store/store.ts";
import { type FieldViolation, invalidArgument, unimplemented, VertexError } from "../wire/errors.ts";
import { labelProblems } from "../wire/fields.ts";
import { fromValue } from "../wire/json.ts";
import { readMessage } from "../wire/json-message.ts";
import { locationOf, newNumericId } from "../wire/names.ts";
import type { TrainingPipelineMessage, TrainingPipelineRecord } from "./records.ts";

export interface TrainingDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly customJobs: CustomJobs;
  readonly models: Models;
}

/** The training of own code (https://cloud.google.com/vertex-ai/docs/training/create-training-pipeline). */
const customTask = "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml";

/** The TrainingPipelines of this server: a CustomJob, and the upload of the model that it wrote. */
export class TrainingPipelines {
  readonly jobs: Jobs<TrainingPipelineRecord>;
  readonly #dependencies: TrainingDependencies;

  constructor(dependencies: TrainingDependencies) {
    this.#dependencies = dependencies;
    this.jobs = new Jobs({
      kind: "TrainingPipeline",
      records: dependencies.store.collection("training-pipelines"),
      clock: dependencies.clock,
      execute: (cell, signal) => execute(cell, dependencies, signal),
    });
  }

  /** Checks and stores the pipeline; it starts once the caller's own work is done. Throws INVALID_ARGUMENT, UNIMPLEMENTED. */
  create(parent: string, message: TrainingPipelineMessage = {}): TrainingPipelineRecord {
    check(message);
    const now = this.#dependencies.clock.now();
    return this.jobs.begin(parent, {
      name: `${parent}/trainingPipelines/${newNumericId()}`,
      ...{ message, state: "JOB_STATE_PENDING", createTime: now, updateTime: now },
    });
  }
}

async function execute(
  cell: JobCell<TrainingPipelineRecord>,
  { store, customJobs, models }: TrainingDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { name, message } = cell.get();
  const parent = locationOf(name).name;
  signal.throwIfAborted();
  cell.running();
  const spec = readTask(message);
  // In one step, so that none is begun twice.
  const job =
    cell.get().customJob ??
    store.transaction(() => {
      const created = customJobs.create(parent, backingJob(message, spec));
      cell.update({ customJob: created.name });
      return created.name;
    });
  const ended = await customJobs.ended(job, signal).catch(async (error: unknown) => {
    if (error instanceof ServerClosing) throw error;
    customJobs.cancel(job);
    await customJobs.ended(job, new AbortController().signal);
    throw error;
  });
  if (ended.state !== "JOB_STATE_SUCCEEDED")
    throw new VertexError("INTERNAL", `Training failed with: ${ended.error?.message ?? ended.state}`);
  if (message.modelToUpload === undefined) return;
  const prefix = spec.baseOutputDirectory?.outputUriPrefix?.replace(/\/+$/, "") ?? "";
  store.transaction(() => {
    const { modelId, parentModel, modelToUpload } = message;
    const uploaded = models.upload({
      ...{ parent, modelId, parentModel },
      // Where AIP_MODEL_DIR had the training write it.
      message: { ...modelToUpload, ...(prefix !== "" && { artifactUri: `${prefix}/model` }) },
    });
    cell.update({ uploaded: `${uploaded.model}@${uploaded.versionId}` });
  });
}

function backingJob({ displayName, labels }: TrainingPipelineMessage, jobSpec: CustomJobSpecMessage): CustomJobMessage {
  return { displayName: `${displayName}-custom-job`.slice(-128), jobSpec, ...(labels !== undefined && { labels }) };
}

function check(message: TrainingPipelineMessage): void {
  const { displayName = "", labels = {}, trainingTaskDefinition = "", inputDataConfig } = message;
  if (trainingTaskDefinition !== "" && trainingTaskDefinition !== customTask)
    throw unimplemented(
      `training_pipeline.training_task_definition ${trainingTaskDefinition}`,
      `of the definitions only ${customTask} is own code; AutoML is Google's own trainer`,
    );
  if (inputDataConfig !== undefined)
    throw unimplemented(
      "training_pipeline.input_data_config",
      "there are no managed datasets; pass the data's gs:// address as an argument",
    );
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) =>
    violations.push({ field: `training_pipeline.${field}`, description });
  if (displayName === "" || displayName.length > 128)
    refuse("display_name", "is required, with at most 128 characters");
  if (trainingTaskDefinition === "") refuse("training_task_definition", "is required");
  for (const problem of labelProblems(labels)) refuse("labels", problem);
  if (violations.length > 0) throw invalidArgument(violations);
  validateCustomJob(backingJob(message, readTask(message)));
}

/** `training_task_inputs`, which are a CustomJobSpec in JSON. Throws INVALID_ARGUMENT. */
function readTask({ trainingTaskInputs = {} }: TrainingPipelineMessage): CustomJobSpecMessage {
  try {
    return readMessage("google.cloud.aiplatform.v1.CustomJobSpec", fromValue(trainingTaskInputs) as never);
  } catch (error) {
    throw invalidArgument([
      { field: "training_pipeline.training_task_inputs", description: `isn't a CustomJobSpec: ${String(error)}` },
    ]);
  }
}
