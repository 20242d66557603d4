import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectAdmin } from "../../local/vertex/admin/client.ts";
import { clientOptions, parent, refusal, until } from "../../local/vertex/testing/harness.ts";

/** The program as a user starts it for tests of their own, with a time that they drive and faults that they make. */
const checkout = resolve(import.meta.dirname, "../..");
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vertex-admin-"));
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ["local/main.ts", "--state", join(folder, String(children.length)), ...args], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  return child;
}

async function ready(child: ChildProcess): Promise<{ readonly vertex: string; readonly vertexAdmin: string }> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface(child.stdout)) return (JSON.parse(line) as { services: never }).services;
  throw new Error("it ended without a ready line");
}

async function end(child: ChildProcess): Promise<unknown> {
  child.kill("SIGTERM");
  return once(child, "exit");
}

const minute = 60_000;
const year = 365 * 24 * 60 * minute;

test("--driven-clock and --vertex-admin-port: time stands still until it is moved, and a fault happens as often as asked", async () => {
  const child = start("--vertex-admin-port", "0", "--driven-clock");
  const { vertex, vertexAdmin } = await ready(child);
  const admin = connectAdmin(vertexAdmin);
  const begin = await admin.post("/clock", {});
  expect(begin.driven).toBe(true);

  const jobs = new v1.JobServiceClient(clientOptions(vertex));
  const customJob = {
    displayName: "waits",
    jobSpec: {
      workerPoolSpecs: [
        {
          machineSpec: { machineType: "n1-standard-4" },
          replicaCount: 1,
          containerSpec: { imageUri: "busybox", command: ["true"] },
        },
      ],
    },
  };
  await admin.post("/faults/delay", { kind: "CustomJob", milliseconds: 10 * minute, times: 1 });
  const [{ name }] = await jobs.createCustomJob({ parent, customJob });
  const get = async () => (await jobs.getCustomJob({ name: name ?? "" }))[0];
  expect((await get()).state).toBe("JOB_STATE_PENDING");
  await admin.post("/clock/advance", { milliseconds: 9 * minute });
  expect((await get()).state).toBe("JOB_STATE_PENDING");
  await admin.post("/clock/advance", { milliseconds: minute });
  const done = await until(get, ({ state }) => state === "JOB_STATE_SUCCEEDED");
  expect(Number(done.endTime?.seconds) - Number(done.createTime?.seconds)).toBe(600);

  const schedules = new v1.ScheduleServiceClient(clientOptions(vertex));
  const pipelineSpec = {
    pipelineInfo: { name: "nightly" },
    schemaVersion: "2.1.0",
    root: { dag: { tasks: { one: { taskInfo: { name: "one" }, componentRef: { name: "comp-one" } } } } },
    components: { "comp-one": { executorLabel: "exec-one" } },
    deploymentSpec: { executors: { "exec-one": { container: { image: "busybox", command: ["true"] } } } },
  };
  const created = await fetch(`http://${vertex}/v1/${parent}/schedules`, {
    method: "POST",
    body: JSON.stringify({
      displayName: "nightly",
      cron: "0 3 1 1 *",
      maxConcurrentRunCount: 1,
      createPipelineJobRequest: {
        parent,
        pipelineJob: { pipelineSpec, runtimeConfig: { gcsOutputDirectory: "gs://retemper/runs" } },
      },
    }),
  });
  expect(created.status).toBe(200);
  const pipelines = new v1.PipelineServiceClient(clientOptions(vertex));
  expect((await pipelines.listPipelineJobs({ parent }))[0]).toEqual([]);
  await admin.post("/clock/advance", { milliseconds: year });
  await until(
    async () => (await pipelines.listPipelineJobs({ parent }))[0],
    (all) => all.length === 1 && all[0]?.state === "PIPELINE_STATE_SUCCEEDED",
    20,
  );

  await admin.post("/faults/method", { method: "ScheduleService.ListSchedules", code: "ABORTED", times: 1 });
  expect(await refusal(schedules.listSchedules({ parent }))).toMatchObject({ code: 10 });
  expect((await schedules.listSchedules({ parent }))[0]).toHaveLength(1);
  await Promise.all([jobs.close(), schedules.close(), pipelines.close()]);
  expect(await end(child)).toEqual([0, null]);
}, 60_000);

test("without the flags there is no admin API; with only its port, the machine's own time, which can't be moved", async () => {
  const plain = start();
  expect(await ready(plain)).not.toHaveProperty("vertexAdmin");
  const child = start("--vertex-admin-port", "0");
  const admin = connectAdmin((await ready(child)).vertexAdmin);
  expect(await admin.post("/clock", {})).toMatchObject({ driven: false });
  await expect(admin.post("/clock/advance", { milliseconds: 1 })).rejects.toMatchObject({
    code: "FAILED_PRECONDITION",
  });
  expect(await end(plain)).toEqual([0, null]);
  expect(await end(child)).toEqual([0, null]);
  expect(await once(start("--vertex-admin-port", "any"), "exit")).toEqual([2, null]);
}, 60_000);
