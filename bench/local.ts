/**
 * Local Vertex beside the Python SDK's local runner, on the same pipelines: `npm run bench -- local [--json]`.
 * What a task costs beyond its own process, tasks side by side, pipelines in pipelines, lightweight Python components.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PipelineServiceClient } from "@google-cloud/aiplatform/build/src/v1/pipeline_service_client.js";
import { credentials } from "@grpc/grpc-js";
import { googleAuthLibrary } from "google-gax";
import { realClock } from "../local/clock.ts";
import { startVertex } from "../local/vertex/index.ts";
import { type JsonObject, toStruct } from "../local/vertex/wire/json.ts";
import { parseSpecDocuments } from "../specs/load/index.ts";
import { type Aim, below, machine, print, type Result, result } from "./report/report.ts";

const checkout = resolve(import.meta.dirname, "..");
const python = join(checkout, ".retemper/kfp/bin/python");
const parent = "projects/bench/locations/us-central1";
const runs = 3;

const folder = mkdtempSync(join(tmpdir(), "retemper-bench-"));
mkdirSync(join(folder, "storage/bench"), { recursive: true });
const vertex = await startVertex({
  state: join(folder, "vertex"),
  storageRoot: join(folder, "storage"),
  images: [
    // The very Python that the reference runs its tasks with.
    {
      name: "bench/kfp",
      path: [resolve(python, "..")],
      workingDirectory: "/",
      environment: {},
      digestOf: [],
      root: "/",
    },
  ],
  clock: realClock,
  log: (line) => process.stderr.write(`${line}\n`),
});
const [host = "", port = ""] = vertex.address.split(":");
const client = new PipelineServiceClient({
  apiEndpoint: host,
  port: Number(port),
  sslCreds: credentials.createInsecure(),
  projectId: "bench",
  authClient: new googleAuthLibrary.PassThroughClient(),
});

/** Seconds from the job's creation to its end, as the job itself tells. Throws unless it succeeded. */
async function run(spec: JsonObject): Promise<number> {
  const [{ name = "" }] = await client.createPipelineJob({
    parent,
    pipelineJob: { pipelineSpec: toStruct(spec) as never, runtimeConfig: { gcsOutputDirectory: "gs://bench/runs" } },
  });
  const filter = `pipeline_job_user_id="${name?.split("/").at(-1)}"`;
  // The whole job, with its spec and all its tasks, would be asked for too often.
  const readMask = { paths: ["state", "error", "create_time", "end_time"] };
  for (;;) {
    const [[job]] = await client.listPipelineJobs({ parent, filter, readMask }, { autoPaginate: false });
    const { state, error, createTime, endTime } = job ?? {};
    if (endTime) {
      if (state !== "PIPELINE_STATE_SUCCEEDED") throw new Error(`${name} ended as ${state}: ${error?.message}`);
      return seconds(endTime) - seconds(createTime ?? {});
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function seconds(time: { seconds?: unknown; nanos?: unknown }): number {
  return Number(time.seconds) + Number(time.nanos) / 1e9;
}

async function several(spec: JsonObject): Promise<number[]> {
  const samples: number[] = [];
  for (let count = 0; count < runs; count++) samples.push(await run(spec));
  return samples;
}

/** Runs a program to its end and gives what it printed. */
function capture(program: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (part) => {
      output += part;
    });
    child.stderr.on("data", (part) => {
      errors += part;
    });
    child.once("error", fail);
    child.once("exit", (code) =>
      code === 0 ? done(output) : fail(new Error(`${program} ended with ${code}: ${errors}`)),
    );
  });
}

async function reference(name: string, environments: "none" | "each" = "none"): Promise<number> {
  const script = join(import.meta.dirname, "local/reference.py");
  const output = await capture(python, [
    script,
    "run",
    join(folder, `${name}.yaml`),
    join(folder, "kfp"),
    environments,
  ]);
  return Number(/^seconds (\S+)$/m.exec(output)?.[1]);
}

/** A pipeline of the reference's, on the image that stands for the reference's own Python. */
function compiled(name: string, image?: string): JsonObject {
  const text = readFileSync(join(folder, `${name}.yaml`), "utf8");
  const { spec } = parseSpecDocuments(image === undefined ? text : text.replaceAll("python:3.11", image));
  return spec as unknown as JsonObject;
}

/** Tasks that run a command each: one after another, or all at once. */
function containers(count: number, command: readonly string[], inOrder: boolean): JsonObject {
  const tasks = Array.from({ length: count }, (_, index) => [
    `task-${index}`,
    {
      componentRef: { name: "comp" },
      taskInfo: { name: `task-${index}` },
      ...(inOrder && index > 0 ? { dependentTasks: [`task-${index - 1}`] } : {}),
    },
  ]);
  return {
    pipelineInfo: { name: "containers" },
    schemaVersion: "2.1.0",
    components: { comp: { executorLabel: "exec" } },
    deploymentSpec: { executors: { exec: { container: { image: "debian", command } } } },
    root: { dag: { tasks: Object.fromEntries(tasks) } },
  };
}

/** Milliseconds that a program takes when nothing but Node starts it, and seconds of a chain of 100 tasks that are it. */
async function bareAndChain(command: readonly [string, ...string[]]): Promise<readonly [number[], number[]]> {
  const alone: number[] = [];
  const chains: number[] = [];
  for (let count = 0; count < runs; count++) {
    const begin = performance.now();
    for (let index = 0; index < 100; index++) await capture(command[0], command.slice(1));
    alone.push((performance.now() - begin) / 100);
    chains.push(await run(containers(100, command, true)));
  }
  return [alone, chains];
}

/** The same pipeline here and there, in turn, so that both have the same machine. */
async function pair(what: string, name: string, times: number): Promise<readonly [Result, Result]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let count = 0; count < times; count++) {
    ours.push(await run(compiled(name, "bench/kfp")));
    theirs.push(await reference(name));
  }
  return [result(what, "s", ours), result(`${what}: kfp local`, "s", theirs)];
}

function notSlower(ours: Result, theirs: Result): Aim {
  return {
    what: ours.what,
    aim: `not slower than the reference's ${theirs.median.toFixed(2)} ${theirs.unit}`,
    measured: ours.median,
    holds: ours.median <= theirs.median,
  };
}

try {
  await capture(python, [join(import.meta.dirname, "local/reference.py"), "compile", folder]);
  const [processes, chains] = await bareAndChain(["/bin/sh", "-c", "true"]);
  const alone = result("a trivial process by itself", "ms", processes);
  const chain = result("100 trivial tasks in a chain", "s", chains);
  const beyond = result(
    "a task beyond its process",
    "ms",
    chains.map((seconds, index) => seconds * 10 - (processes[index] ?? 0)),
  );
  const sleeps = result("32 one-second sleeps at once", "s", await several(containers(32, ["sleep", "1"], false)));
  const pairs = [
    await pair("100 Python tasks in a chain", "chain", runs),
    await pair("12 Python tasks in nested pipelines", "nested", runs),
    await pair("32 Python tasks that sleep a second", "fan-out", 1),
  ];
  const lightweight = compiled("lightweight");
  const cold = result("2 components that install kfp: first time", "s", [await run(lightweight)]);
  pairs.push([
    result("2 components that install kfp", "s", await several(lightweight)),
    result("2 components that install kfp: kfp local", "s", [await reference("lightweight", "each")]),
  ]);
  print({
    name: "local",
    conditions: { ...machine(), kfp: (await capture(python, ["-c", "import kfp; print(kfp.__version__)"])).trim() },
    results: [alone, chain, beyond, sleeps, ...pairs.flat(), cold],
    aims: [below(beyond, 20), below(sleeps, 2), ...pairs.map(([ours, theirs]) => notSlower(ours, theirs))],
  });
} finally {
  await client.close();
  await vertex.close();
  rmSync(folder, { recursive: true, force: true });
}
