import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import { PipelineServiceClient } from "@google-cloud/aiplatform/build/src/v1/pipeline_service_client.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientOptions, isAlive, nodeImage, parent, parentOf, refusal, until } from "./testing/harness.ts";
import { pipelineSpec } from "./testing/specs.ts";
import { toStruct } from "./wire/json.ts";

let folder: string;
let server: ChildProcess;
let address: string;
let adminUrl: string;
let pipelines: PipelineServiceClient;
let jobs: JobServiceClient;

async function start(): Promise<void> {
  server = spawn(process.execPath, [join(import.meta.dirname, "testing/serve.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = server.stdout;
  if (output === null) throw new Error("the server has no output");
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(output).once("line", resolve);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  ({ address, adminUrl } = JSON.parse(line) as { address: string; adminUrl: string });
  pipelines = new PipelineServiceClient(clientOptions(address));
  jobs = new JobServiceClient(clientOptions(address));
}
async function kill(): Promise<void> {
  const exited = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await Promise.all([exited, pipelines.close(), jobs.close()]);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "vertex-"));
  await start();
});
afterEach(async () => {
  writeFileSync(join(folder, "go"), "");
  await kill();
  rmSync(folder, { recursive: true, force: true });
});

const read = (name: string) => {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return "";
  }
};

/** Writes a line with its process id, and ends well once the file `go` is there. */
const waiting = (log: string) => ({
  program: `const fs = require('fs'); fs.appendFileSync(process.argv[1], process.pid + '\\n');
    const poll = setInterval(() => fs.existsSync(process.argv[2]) && (clearInterval(poll), console.log('done')), 10)`,
  args: [join(folder, log), join(folder, "go")],
});
const once = (log: string) => ({
  program: "require('fs').appendFileSync(process.argv[1], 'x')",
  args: [join(folder, log)],
});

const spec = () =>
  pipelineSpec({
    programs: { first: once("first"), second: waiting("second"), third: once("third") },
    root: {
      dag: {
        tasks: {
          first: { componentRef: { name: "first" }, taskInfo: { name: "first" } },
          second: { componentRef: { name: "second" }, taskInfo: { name: "second" }, dependentTasks: ["first"] },
          third: { componentRef: { name: "third" }, taskInfo: { name: "third" }, dependentTasks: ["second"] },
        },
      },
    },
  });
async function submit(): Promise<string> {
  const [job] = await pipelines.createPipelineJob({
    parent,
    pipelineJobId: "restarted",
    pipelineJob: { pipelineSpec: toStruct(spec()) as never, runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" } },
  });
  return job.name ?? "";
}
const ended = (name: string) =>
  until(
    async () => (await pipelines.getPipelineJob({ name }))[0],
    ({ endTime }) => endTime !== null,
  );

test("a killed server's successor adopts the process that runs, and repeats none that has ended", async () => {
  const name = await submit();
  await until(
    () => read("second"),
    (text) => text.endsWith("\n"),
  );
  await kill();
  await start();
  writeFileSync(join(folder, "go"), "");
  const job = await ended(name);
  expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
  expect([read("first"), read("second").split("\n").length - 1, read("third")]).toEqual(["x", 1, "x"]);
});

test("a process that ended while no server was there is taken for what it was", async () => {
  const name = await submit();
  await until(
    () => read("second"),
    (text) => text.endsWith("\n"),
  );
  await kill();
  writeFileSync(join(folder, "go"), "");
  const pid = Number(read("second"));
  await until(
    () => isAlive(pid),
    (running) => !running,
  );
  await start();
  expect((await ended(name)).state).toBe("PIPELINE_STATE_SUCCEEDED");
  expect(read("second").split("\n")).toHaveLength(2);
});

test("a process that was lost with its server runs once more", async () => {
  const name = await submit();
  await until(
    () => read("second"),
    (text) => text.endsWith("\n"),
  );
  await kill();
  // The whole group, as when the machine goes down.
  process.kill(-parentOf(Number(read("second"))), "SIGKILL");
  await start();
  await until(
    () => read("second"),
    (text) => text.split("\n").length === 3,
  );
  writeFileSync(join(folder, "go"), "");
  expect((await ended(name)).state).toBe("PIPELINE_STATE_SUCCEEDED");
  expect([read("first"), read("second").split("\n").length - 1, read("third")]).toEqual(["x", 2, "x"]);
});

test("a CustomJob runs on, and a cancelled one ends", async () => {
  const { program, args } = waiting("job");
  const [created] = await jobs.createCustomJob({
    parent,
    customJob: {
      displayName: "job",
      jobSpec: {
        workerPoolSpecs: [
          {
            machineSpec: { machineType: "n1-standard-4" },
            replicaCount: 1,
            containerSpec: { imageUri: nodeImage.name, command: ["node", "-e", program], args },
          },
        ],
      },
    },
  });
  const name = created.name ?? "";
  await until(
    () => read("job"),
    (text) => text.endsWith("\n"),
  );
  await kill();
  await start();
  expect((await jobs.getCustomJob({ name }))[0].state).toBe("JOB_STATE_RUNNING");
  await jobs.cancelCustomJob({ name });
  const job = await until(
    async () => (await jobs.getCustomJob({ name }))[0],
    ({ endTime }) => endTime !== null,
  );
  expect(job.state).toBe("JOB_STATE_CANCELLED");
  expect(read("job").split("\n")).toHaveLength(2);
  expect(isAlive(Number(read("job")))).toBe(false);
});

test("what was being cancelled when the server was killed, is cancelled", async () => {
  const stubborn = {
    program:
      "require('fs').writeFileSync(process.argv[1], process.pid + '\\n'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)",
    args: [join(folder, "stubborn")],
  };
  const [job] = await pipelines.createPipelineJob({
    parent,
    pipelineJob: {
      pipelineSpec: toStruct(
        pipelineSpec({
          programs: { stubborn },
          root: {
            dag: { tasks: { stubborn: { componentRef: { name: "stubborn" }, taskInfo: { name: "stubborn" } } } },
          },
        }),
      ) as never,
      runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
    },
  });
  await until(
    () => read("stubborn"),
    (text) => text.endsWith("\n"),
  );
  // It ignores SIGTERM, and the server is gone before the SIGKILL.
  await pipelines.cancelPipelineJob({ name: job.name ?? "" });
  await kill();
  expect(isAlive(Number(read("stubborn")))).toBe(true);
  await start();
  expect((await ended(job.name ?? "")).state).toBe("PIPELINE_STATE_CANCELLED");
  expect(isAlive(Number(read("stubborn")))).toBe(false);
});

test("the admin API makes a method answer 429 and 503 as often as told", async () => {
  const post = (path: string, body: object) =>
    fetch(`${adminUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
  const method = "PipelineService.ListPipelineJobs";
  expect((await post("/faults/method", { method, code: "RESOURCE_EXHAUSTED", times: 1 })).status).toBe(200);
  await post("/faults/method", { method, code: "UNAVAILABLE", times: 1, message: "try later" });
  const list = () => refusal(pipelines.listPipelineJobs({ parent }, { autoPaginate: false }));
  expect([await list(), await list(), await list()]).toMatchObject([
    { code: 8 },
    { code: 14, message: "try later" },
    { code: 0 },
  ]);
  expect((await post("/clock/advance", { milliseconds: 1 })).status).toBe(400);
  expect((await post("/nowhere", {})).status).toBe(400);
});
