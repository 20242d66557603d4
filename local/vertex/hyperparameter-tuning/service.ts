import { jobFields } from "../jobs/message.ts";
import { empty, type Operations } from "../operations/operations.ts";
import { toValue } from "../wire/json.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toOptionalTime, toTime } from "../wire/time.ts";
import type { HyperparameterTuningJobs } from "./hyperparameter-tuning-jobs.ts";
import type {
  HyperparameterTuningJobMessage,
  HyperparameterTuningJobRecord,
  Measurement,
  TrialRecord,
} from "./records.ts";

export const hyperparameterTuningJobFields: ListFields<HyperparameterTuningJobRecord> = {
  name: ({ name }) => name,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    display_name: { kind: "text", of: ({ message }) => message.displayName },
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

/** JobService, as far as HyperparameterTuningJobs go. */
export function hyperparameterTuningMethods(
  tunings: HyperparameterTuningJobs,
  operations: Operations,
): NonNullable<Methods["JobService"]> {
  const { jobs } = tunings;
  const nameOf = ({ name }: NameRequest) => parseName(name, "hyperparameterTuningJobs");
  return {
    CreateHyperparameterTuningJob: (request: {
      parent?: string;
      hyperparameterTuningJob?: HyperparameterTuningJobMessage;
    }) => toMessage(tunings.create(parseLocation(request.parent).name, request.hyperparameterTuningJob)),
    GetHyperparameterTuningJob: (request: NameRequest) => toMessage(jobs.get(nameOf(request))),
    ListHyperparameterTuningJobs: (request: ListRequest & { parent?: string }) => {
      const all = jobs.list(parseLocation(request.parent).name);
      const { items, nextPageToken } = listPage(all, request, hyperparameterTuningJobFields);
      return {
        hyperparameterTuningJobs: items.map((job) => applyReadMask(toMessage(job), request.readMask)),
        nextPageToken,
      };
    },
    CancelHyperparameterTuningJob: (request: NameRequest) => jobs.cancel(nameOf(request)),
    DeleteHyperparameterTuningJob: (request: NameRequest) => {
      const name = nameOf(request);
      jobs.delete(name);
      return operations.finished(name, "DeleteOperationMetadata", empty);
    },
  };
}

function toMessage(job: HyperparameterTuningJobRecord): object {
  return { ...job.message, ...jobFields(job), trials: job.trials.map(trialMessage) };
}

function trialMessage({ parameters, startTime, endTime, measurements, final, ...trial }: TrialRecord): object {
  return {
    ...trial,
    parameters: parameters.map(({ id, value }) => ({ parameterId: id, value: toValue(value) })),
    startTime: toTime(startTime),
    endTime: toOptionalTime(endTime),
    measurements: measurements.map(measurementMessage),
    ...(final !== undefined && { finalMeasurement: measurementMessage(final) }),
  };
}

function measurementMessage({ step, elapsed, metrics }: Measurement): object {
  return {
    stepCount: String(step),
    elapsedDuration: toTime(elapsed),
    metrics: Object.entries(metrics).map(([metricId, value]) => ({ metricId, value })),
  };
}
