import { readFileSync } from "node:fs";
import { join } from "node:path";
import { helpers, v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenClock } from "../../clock.ts";
import { parent, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { nextRun } from "./cron.ts";

const start = Date.UTC(2026, 0, 1, 0, 0, 30);
const minute = 60_000;
let clock: DrivenClock;
let server: TestVertex;
let client: v1.ScheduleServiceClient;
let pipelines: v1.PipelineServiceClient;
beforeAll(async () => {
  clock = new DrivenClock(start);
  server = await testVertex({}, clock);
  client = new v1.ScheduleServiceClient(server.client);
  pipelines = new v1.PipelineServiceClient(server.client);
});
afterAll(async () => {
  await client.close();
  await pipelines.close();
  await server.close();
});

/** A pipeline of one task that ends when the file is there. */
function pipelineJob(script = "0") {
  const spec = {
    pipelineInfo: { name: "scheduled" },
    schemaVersion: "2.1.0",
    root: { dag: { tasks: { a: { taskInfo: { name: "a" }, componentRef: { name: "comp-a" } } } } },
    components: { "comp-a": { executorLabel: "exec-a" } },
    deploymentSpec: {
      executors: { "exec-a": { container: { image: "example.com/node", command: ["node", "-e"], args: [script] } } },
    },
  };
  return {
    displayName: "scheduled",
    pipelineSpec: (helpers.toValue(spec) as { structValue?: object }).structValue ?? {},
    runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
  };
}

const create = async (schedule: object) => {
  const [created] = await client.createSchedule({
    parent,
    schedule: {
      displayName: "every minute",
      cron: "* * * * *",
      maxConcurrentRunCount: 1,
      createPipelineJobRequest: { parent, pipelineJob: pipelineJob() },
      ...schedule,
    },
  });
  return created.name ?? "";
};
const runsOf = async (schedule: string) => {
  const [jobs] = await pipelines.listPipelineJobs({ parent, filter: `schedule_name="${schedule}"` });
  return jobs;
};
const ended = (schedule: string, count: number) =>
  until(
    () => runsOf(schedule),
    (jobs) => jobs.length === count && jobs.every(({ state }) => state === "PIPELINE_STATE_SUCCEEDED"),
  );

test("runs at its minutes, as often as it may, and is complete then", async () => {
  const name = await create({ maxRunCount: 2 });
  const [created] = await client.getSchedule({ name });
  expect(created).toMatchObject({ state: "ACTIVE", startedRunCount: "0", nextRunTime: { seconds: "1767225660" } });
  await clock.advance(29_000);
  expect(await runsOf(name)).toEqual([]);
  await clock.advance(1_000);
  await ended(name, 1);
  await clock.advance(minute);
  await ended(name, 2);
  await clock.advance(5 * minute);
  expect(await runsOf(name)).toHaveLength(2);
  const [schedule] = await client.getSchedule({ name });
  expect(schedule).toMatchObject({
    state: "COMPLETED",
    startedRunCount: "2",
    nextRunTime: null,
    lastScheduledRunResponse: { runResponse: "OK" },
  });
});

test("starts nothing while it is paused, and makes up for it when told so", async () => {
  const name = await create({ maxConcurrentRunCount: 5 });
  await client.pauseSchedule({ name });
  await clock.advance(3 * minute);
  expect(await runsOf(name)).toEqual([]);
  await expect(client.pauseSchedule({ name })).rejects.toMatchObject({ code: 9 });
  await client.resumeSchedule({ name, catchUp: true });
  await clock.advance(1);
  await ended(name, 3);
  await client.pauseSchedule({ name });
  await clock.advance(3 * minute);
  await client.resumeSchedule({ name });
  await clock.advance(1);
  expect(await runsOf(name)).toHaveLength(3);
  await client.deleteSchedule({ name });
  await clock.advance(3 * minute);
  expect(await runsOf(name)).toHaveLength(3);
});

test("a run knows the time that it was scheduled for, whenever it is created", async () => {
  const times = join(server.bucket("bucket"), "times");
  const job = pipelineJob(
    "require('fs').writeFileSync('/gcs/bucket/times', '{{$.pipeline_job_schedule_time_utc}} {{$.pipeline_job_create_time_utc}}')",
  );
  const begin = Math.ceil(clock.now() / minute) * minute;
  const name = await create({
    createPipelineJobRequest: { parent, pipelineJob: job },
    maxRunCount: 1,
    startTime: { seconds: begin / 1000 },
  });
  await client.pauseSchedule({ name });
  await clock.advance(begin - clock.now() + 2.5 * minute);
  await client.resumeSchedule({ name, catchUp: true });
  await clock.advance(1);
  await ended(name, 1);
  const [scheduled, created] = readFileSync(times, "utf8").split(" ");
  expect(scheduled).toBe(new Date(begin).toISOString());
  expect(Date.parse(created ?? "")).toBeGreaterThan(begin + 2 * minute);
});

test.each([
  ["is left out", false, 1],
  ["waits, where it may", true, 2],
])("a run that comes while another is under way %s", async (_what, allowQueueing, runs) => {
  const job = pipelineJob("setInterval(() => 0, 1000)");
  const request = { createPipelineJobRequest: { parent, pipelineJob: job }, allowQueueing };
  const name = await create({ ...request, startTime: { seconds: Math.ceil(clock.now() / minute) * 60 } });
  await clock.advance(2 * minute);
  const [first] = await until(
    () => runsOf(name),
    ([job]) => job?.state === "PIPELINE_STATE_RUNNING",
  );
  expect(await runsOf(name)).toHaveLength(1);
  await client.pauseSchedule({ name });
  await pipelines.cancelPipelineJob({ name: first?.name ?? "" });
  await until(
    () => runsOf(name),
    (jobs) => jobs.some(({ state }) => state === "PIPELINE_STATE_CANCELLED"),
  );
  await clock.advance(2_000);
  const jobs = await runsOf(name);
  expect(jobs).toHaveLength(runs);
  for (const { name: job, state } of jobs)
    if (state !== "PIPELINE_STATE_CANCELLED") await pipelines.cancelPipelineJob({ name: job ?? "" });
  await client.deleteSchedule({ name });
});

test("is changed by a mask, and refused with every problem", async () => {
  const name = await create({});
  const schedule = { name, cron: "TZ=America/New_York 0 9 * * *" };
  const [updated] = await client.updateSchedule({ schedule, updateMask: { paths: ["cron"] } });
  expect(Number(updated.nextRunTime?.seconds) * 1000).toBe(Date.UTC(2026, 0, 1, 14));
  const bad = { displayName: "", cron: "", maxConcurrentRunCount: 0, createPipelineJobRequest: { parent } };
  await expect(create(bad)).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining("max_concurrent_run_count"),
  });
  await expect(create({ cron: "every day" })).rejects.toMatchObject({ code: 3 });
});

test.each([
  ["0 9 * * *", Date.UTC(2026, 0, 1, 9)],
  ["CRON_TZ=Europe/Berlin 0 9 * * *", Date.UTC(2026, 0, 1, 8)],
  ["*/15 * * * *", Date.UTC(2026, 0, 1, 0, 15)],
  // Both days given: either will do, as in every cron.
  ["0 0 13 * 5", Date.UTC(2026, 0, 2)],
])("%s", (cron, time) => {
  expect(nextRun(cron, start)).toBe(time);
});
