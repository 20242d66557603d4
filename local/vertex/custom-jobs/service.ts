import type { Operations } from "../operations/operations.ts";
import { empty } from "../operations/operations.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toOptionalTime, toTime } from "../wire/time.ts";
import type { CustomJobs } from "./custom-jobs.ts";
import type { CustomJobMessage, CustomJobRecord } from "./records.ts";

export const customJobFields: ListFields<CustomJobRecord> = {
  name: ({ name }) => name,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    display_name: { kind: "text", of: ({ message }) => message.displayName },
    state: { kind: "text", of: ({ state }) => state },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
    update_time: { kind: "time", of: ({ updateTime }) => updateTime },
    end_time: { kind: "time", of: ({ endTime }) => endTime },
  },
  orders: {
    create_time: ({ createTime }) => createTime,
    update_time: ({ updateTime }) => updateTime,
    end_time: ({ endTime }) => endTime,
  },
  defaultOrder: "create_time desc",
};

interface NameRequest {
  readonly name?: string;
}

/** JobService, as far as CustomJobs go. */
export function jobService(jobs: CustomJobs, operations: Operations): NonNullable<Methods["JobService"]> {
  return {
    CreateCustomJob: ({ parent, customJob }: { parent?: string; customJob?: CustomJobMessage }) =>
      toMessage(jobs.create(parseLocation(parent).name, customJob)),
    GetCustomJob: ({ name }: NameRequest) => toMessage(jobs.get(parseName(name, "customJobs"))),
    ListCustomJobs: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(
        jobs.list(parseLocation(request.parent).name),
        request,
        customJobFields,
      );
      return { customJobs: items.map((job) => applyReadMask(toMessage(job), request.readMask)), nextPageToken };
    },
    CancelCustomJob: ({ name }: NameRequest) => jobs.cancel(parseName(name, "customJobs")),
    DeleteCustomJob: ({ name }: NameRequest) => {
      const job = parseName(name, "customJobs");
      jobs.delete(job);
      return operations.finished(job, "DeleteOperationMetadata", empty);
    },
  };
}

function toMessage(job: CustomJobRecord): object {
  return {
    ...job.message,
    name: job.name,
    state: job.state,
    createTime: toTime(job.createTime),
    startTime: toOptionalTime(job.startTime),
    endTime: toOptionalTime(job.endTime),
    updateTime: toTime(job.updateTime),
    error: job.error,
  };
}
