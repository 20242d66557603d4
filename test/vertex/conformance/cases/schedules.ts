import type { Case, JsonObject, Step } from "../case.ts";
import { schedulable } from "./jobs.ts";

const reference = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.schedules";

const schedule: JsonObject = {
  displayName: "conformance-<<unique>>",
  cron: "TZ=Europe/Berlin 0 4 29 2 *",
  maxRunCount: "1",
  maxConcurrentRunCount: "1",
  createPipelineJobRequest: { parent: "<<parent>>", pipelineJob: schedulable["pipelineJob"] ?? {} },
};
const create: Step = {
  call: "ScheduleService.CreateSchedule",
  rest: ["POST", "/v1/{parent}/schedules", "schedule"],
  request: { parent: "<<parent>>", schedule },
  expect: {
    state: "ACTIVE",
    startedRunCount: { $absent: true },
    nextRunTime: { $matches: "-02-29T03:00:00(\\.0+)?Z$" },
  },
  save: { schedule: "name" },
};
const get: Pick<Step, "call" | "rest" | "request"> = {
  call: "ScheduleService.GetSchedule",
  rest: ["GET", "/v1/{name}"],
  request: { name: "<<schedule>>" },
};
const change = (method: "Pause" | "Resume"): Step => ({
  call: `ScheduleService.${method}Schedule`,
  rest: ["POST", `/v1/{name}:${method.toLowerCase()}`, "*"],
  request: { name: "<<schedule>>" },
});
const deleteSchedule: Step = {
  call: "ScheduleService.DeleteSchedule",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<schedule>>" },
  operation: true,
};

export const scheduleCases: readonly Case[] = [
  {
    name: "a schedule is paused and resumed",
    document: reference,
    price: 0,
    steps: [
      create,
      change("Pause"),
      { ...get, expect: { state: "PAUSED", lastPauseTime: { $matches: "T" } } },
      change("Resume"),
      { ...get, expect: { state: "ACTIVE", nextRunTime: { $matches: "T" } } },
      {
        call: "ScheduleService.ListSchedules",
        rest: ["GET", "/v1/{parent}/schedules"],
        request: { parent: "<<parent>>", filter: 'display_name="conformance-<<unique>>"' },
        expect: { schedules: [{ name: "<<schedule>>" }] },
      },
      deleteSchedule,
      { ...get, error: "NOT_FOUND" },
    ],
    cleanUp: [deleteSchedule],
  },
  {
    name: "a schedule whose cron isn't one is refused",
    document: `${reference}#Schedule.FIELDS.cron`,
    price: 0,
    steps: [
      {
        ...create,
        request: { parent: "<<parent>>", schedule: { ...schedule, cron: "soon" } },
        error: "INVALID_ARGUMENT",
        save: {},
      },
    ],
  },
];
