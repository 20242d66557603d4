import { jobFields } from "../jobs/message.ts";
import { empty, type Operations } from "../operations/operations.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import type { BatchPredictionJobs } from "./batch-prediction-jobs.ts";
import { type BatchPredictionJobMessage, type BatchPredictionJobRecord, replicaCountOf } from "./records.ts";

export const batchPredictionJobFields: ListFields<BatchPredictionJobRecord> = {
  name: ({ name }) => name,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    display_name: { kind: "text", of: ({ message }) => message.displayName },
    model_display_name: { kind: "text", of: ({ modelDisplayName }) => modelDisplayName },
    state: { kind: "text", of: ({ state }) => state },
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

/** JobService, as far as BatchPredictionJobs go. */
export function batchPredictionMethods(
  predictions: BatchPredictionJobs,
  operations: Operations,
): NonNullable<Methods["JobService"]> {
  const { jobs } = predictions;
  const nameOf = ({ name }: NameRequest) => parseName(name, "batchPredictionJobs");
  return {
    CreateBatchPredictionJob: (request: { parent?: string; batchPredictionJob?: BatchPredictionJobMessage }) =>
      toMessage(predictions.create(parseLocation(request.parent).name, request.batchPredictionJob)),
    GetBatchPredictionJob: (request: NameRequest) => toMessage(jobs.get(nameOf(request))),
    ListBatchPredictionJobs: (request: ListRequest & { parent?: string }) => {
      const all = jobs.list(parseLocation(request.parent).name);
      const { items, nextPageToken } = listPage(all, request, batchPredictionJobFields);
      return {
        batchPredictionJobs: items.map((job) => applyReadMask(toMessage(job), request.readMask)),
        nextPageToken,
      };
    },
    CancelBatchPredictionJob: (request: NameRequest) => jobs.cancel(nameOf(request)),
    DeleteBatchPredictionJob: (request: NameRequest) => {
      const name = nameOf(request);
      jobs.delete(name);
      return operations.finished(name, "DeleteOperationMetadata", empty);
    },
  };
}

function toMessage(job: BatchPredictionJobRecord): object {
  const { message, modelVersion, outputDirectory, completionStats, partialFailures, startTime, endTime } = job;
  const [, modelVersionId] = (modelVersion ?? "").split("@", 2);
  const hours = startTime === undefined || endTime === undefined ? undefined : (endTime - startTime) / 3_600_000;
  return {
    ...message,
    ...jobFields(job),
    modelVersionId,
    ...(outputDirectory !== undefined && { outputInfo: { gcsOutputDirectory: outputDirectory } }),
    completionStats,
    partialFailures,
    ...(hours !== undefined && { resourcesConsumed: { replicaHours: hours * replicaCountOf(message) } }),
  };
}
