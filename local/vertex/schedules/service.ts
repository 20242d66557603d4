import { empty, type Operations } from "../operations/operations.ts";
import { type ListFields, type ListRequest, listPage, pickMasked } from "../wire/list.ts";
import { parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toOptionalTime, toTime } from "../wire/time.ts";
import type { ScheduleMessage, ScheduleRecord } from "./records.ts";
import type { Schedules } from "./schedules.ts";

export const scheduleFields: ListFields<ScheduleRecord> = {
  name: ({ name }) => name,
  labels: () => ({}),
  fields: {
    display_name: { kind: "text", of: ({ message }) => message.displayName },
    state: { kind: "text", of: ({ state }) => state },
    "create_pipeline_job_request.pipeline_job.display_name": {
      kind: "text",
      of: ({ message }) => message.createPipelineJobRequest?.pipelineJob?.displayName,
    },
    start_time: { kind: "time", of: ({ startTime }) => startTime },
    end_time: { kind: "time", of: ({ endTime }) => endTime },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
    next_run_time: { kind: "time", of: ({ nextRunTime }) => nextRunTime },
  },
  orders: {
    create_time: ({ createTime }) => createTime,
    start_time: ({ startTime }) => startTime,
    end_time: ({ endTime }) => endTime,
    next_run_time: ({ nextRunTime }) => nextRunTime,
  },
  defaultOrder: "create_time desc",
};

const updatable = [
  "displayName",
  "cron",
  "startTime",
  "endTime",
  "maxRunCount",
  "maxConcurrentRunCount",
  "allowQueueing",
  "createPipelineJobRequest",
] as const;

interface NameRequest {
  readonly name?: string;
}

/** ScheduleService (https://cloud.google.com/vertex-ai/docs/pipelines/schedule-pipeline-run). */
export function scheduleService(schedules: Schedules, operations: Operations): NonNullable<Methods["ScheduleService"]> {
  const nameOf = ({ name }: NameRequest) => parseName(name, "schedules");
  return {
    CreateSchedule: ({ parent, schedule }: { parent?: string; schedule?: ScheduleMessage }) =>
      toMessage(schedules.create(parseLocation(parent).name, schedule)),
    GetSchedule: (request: NameRequest) => toMessage(schedules.get(nameOf(request))),
    ListSchedules: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(
        schedules.list(parseLocation(request.parent).name),
        request,
        scheduleFields,
      );
      return { schedules: items.map(toMessage), nextPageToken };
    },
    UpdateSchedule: ({
      schedule = {},
      updateMask,
    }: {
      schedule?: ScheduleMessage;
      updateMask?: { paths?: string[] };
    }) => toMessage(schedules.update(nameOf(schedule), pickMasked(schedule, updateMask?.paths, updatable))),
    PauseSchedule: (request: NameRequest) => void schedules.pause(nameOf(request)),
    ResumeSchedule: (request: NameRequest & { catchUp?: boolean }) =>
      void schedules.resume(nameOf(request), request.catchUp ?? false),
    DeleteSchedule: (request: NameRequest) => {
      const name = nameOf(request);
      schedules.delete(name);
      return operations.finished(name, "DeleteOperationMetadata", empty);
    },
  };
}

function toMessage(schedule: ScheduleRecord): object {
  const { lastRun } = schedule;
  return {
    ...schedule.message,
    name: schedule.name,
    state: schedule.state,
    startTime: toTime(schedule.startTime),
    endTime: toOptionalTime(schedule.endTime),
    startedRunCount: String(schedule.startedRunCount),
    createTime: toTime(schedule.createTime),
    updateTime: toTime(schedule.updateTime),
    nextRunTime: toOptionalTime(schedule.nextRunTime),
    lastPauseTime: toOptionalTime(schedule.lastPauseTime),
    lastResumeTime: toOptionalTime(schedule.lastResumeTime),
    catchUp: schedule.catchUp,
    lastScheduledRunResponse:
      lastRun === undefined ? undefined : { ...lastRun, scheduledRunTime: toTime(lastRun.scheduledRunTime) },
  };
}
