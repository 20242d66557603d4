import type { JobState } from "../custom-jobs/records.ts";
import { jobFields } from "../jobs/message.ts";
import { empty, type Operations } from "../operations/operations.ts";
import { toValue } from "../wire/json.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import type { TrainingPipelineMessage, TrainingPipelineRecord } from "./records.ts";
import type { TrainingPipelines } from "./training-pipelines.ts";

const fields: ListFields<TrainingPipelineRecord> = {
  name: ({ name }) => name,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    display_name: { kind: "text", of: ({ message }) => message.displayName },
    state: { kind: "text", of: ({ state }) => pipelineState(state) },
    training_task_definition: { kind: "text", of: ({ message }) => message.trainingTaskDefinition },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
    update_time: { kind: "time", of: ({ updateTime }) => updateTime },
    end_time: { kind: "time", of: ({ endTime }) => endTime },
  },
  orders: { create_time: ({ createTime }) => createTime },
  defaultOrder: "create_time desc",
};

interface NameRequest {
  readonly name?: string;
}

/** PipelineService, as far as TrainingPipelines go. */
export function trainingPipelineMethods(
  trainings: TrainingPipelines,
  operations: Operations,
): NonNullable<Methods["PipelineService"]> {
  const { jobs } = trainings;
  const nameOf = ({ name }: NameRequest) => parseName(name, "trainingPipelines");
  return {
    CreateTrainingPipeline: (request: { parent?: string; trainingPipeline?: TrainingPipelineMessage }) =>
      toMessage(trainings.create(parseLocation(request.parent).name, request.trainingPipeline)),
    GetTrainingPipeline: (request: NameRequest) => toMessage(jobs.get(nameOf(request))),
    ListTrainingPipelines: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(jobs.list(parseLocation(request.parent).name), request, fields);
      return {
        trainingPipelines: items.map((item) => applyReadMask(toMessage(item), request.readMask)),
        nextPageToken,
      };
    },
    CancelTrainingPipeline: (request: NameRequest) => jobs.cancel(nameOf(request)),
    DeleteTrainingPipeline: (request: NameRequest) => {
      const name = nameOf(request);
      jobs.delete(name);
      return operations.finished(name, "DeleteOperationMetadata", empty);
    },
  };
}

function toMessage(pipeline: TrainingPipelineRecord): object {
  const { message, customJob, uploaded, state } = pipeline;
  const [model, versionId] = uploaded?.split("@", 2) ?? [];
  const named = model === undefined ? {} : { name: model, versionId };
  return {
    ...message,
    ...jobFields(pipeline),
    state: pipelineState(state),
    ...(customJob !== undefined && { trainingTaskMetadata: toValue({ backingCustomJob: customJob }) }),
    ...(message.modelToUpload !== undefined && { modelToUpload: { ...message.modelToUpload, ...named } }),
  };
}

function pipelineState(state: JobState): string {
  return state.replace("JOB_STATE_", "PIPELINE_STATE_");
}
