import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { MetadataServiceClient } from "@google-cloud/aiplatform/build/src/v1/metadata_service_client.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../../local/server.ts";
import { clientOptions } from "../../../local/vertex/testing/harness.ts";
import { type Job, outputOf, Pipelines, statesOf, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import type { JsonObject } from "../../../local/vertex/wire/json.ts";
import { compile, container, Dataset, pipeline, string } from "../../../specs/index.ts";
import { readYaml } from "../../../specs/load/read-yaml.ts";
import { claimInstance } from "../../../workers/cli/supervisor/instance.ts";
import { retemperIn as retemper } from "../../support/ended-command.ts";

/** `retemper pull` and `rerun` between two local clouds: one is the real project, the other this machine. */

const checkout = resolve(import.meta.dirname, "../../..");
const python = join(checkout, ".retemper/kfp/bin/python");
const parent = "projects/test-project/locations/us-central1";

let folder = "";
let theirs: LocalCloud;
let theirPipelines: Pipelines;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-pull-"));
  theirs = await cloud("theirs", ["their-bucket"]);
  theirPipelines = new Pipelines({ client: clientOptions(theirs.services.vertex) });
});
afterAll(async () => {
  await theirPipelines.client.close();
  await theirs.close();
  await rm(folder, { recursive: true, force: true });
});

const cloud = (name: string, buckets: readonly string[]) =>
  startLocalCloud({ state: join(folder, name), buckets, log: () => undefined });

const fromTheirs = () => [
  ...["--endpoint", `http://${theirs.services.vertex}`, "--storage-endpoint", theirs.services.storage],
];
const uriOf = (job: Job, task: string, output: string) =>
  taskOf(job, task).outputs?.[output]?.artifacts?.[0]?.uri ?? "";

describe.runIf(existsSync(python))("a job of the Python SDK whose step failed", () => {
  let home = "";
  let failed: Job;
  let mine: LocalCloud;
  let instance: AsyncDisposable;
  let myPipelines: Pipelines;

  beforeAll(async () => {
    home = join(folder, "home");
    const file = join(folder, "night-job.yaml");
    await promisify(execFile)(python, ["-W", "ignore", join(import.meta.dirname, "night_job.py"), file]);
    const [spec] = readYaml(await readFile(file, "utf8"));
    failed = await theirPipelines.run(spec as JsonObject, { id: "night-1", root: "gs://their-bucket/runs" }, 200);
    mine = await cloud("mine", []);
    myPipelines = new Pipelines({ client: clientOptions(mine.services.vertex) });
    const state = join(home, "state");
    instance = await claimInstance(state, () => ({ pid: process.pid, state, services: mine.services }));
  });
  afterAll(async () => {
    await instance?.[Symbol.asyncDispose]();
    await myPipelines?.client.close();
    await mine?.close();
  });

  const pull = (...args: string[]) => retemper(home, "pull", ...args, ...fromTheirs());
  /** On the local cloud that runs already; gives the job too. */
  const rerun = async (...args: string[]) => {
    const ended = await retemper(home, "rerun", ...args, "--wait", ...fromTheirs());
    const name = new RegExp(`${parent}/pipelineJobs/rerun-night-1-\\d+`).exec(ended.out)?.[0];
    return { ...ended, job: name === undefined ? undefined : await myPipelines.get(name) };
  };
  const executed = (job: Job) =>
    Object.entries(statesOf(job))
      .filter(([name, state]) => state === "SUCCEEDED" && /(split|total|scale|train|report)$/.test(name))
      .map(([name]) => name)
      .sort();

  test("is pulled with what failed, where, why, and the content of its inputs", async () => {
    expect(statesOf(failed)).toMatchObject({ "for-loop-1.for-loop-1-2.scale": "FAILED", report: "NOT_TRIGGERED" });
    const { code, out } = await pull(`${parent}/pipelineJobs/night-1`);
    expect(code).toBe(0);
    expect(out).toContain("✗ for-loop-1[2].scale");
    expect(out).toContain("ValueError: 245 of part 2 is over the limit 200");
    expect(out).toContain("retemper rerun night-1");

    const pulled = join(home, ".retemper/jobs/night-1");
    const [spec] = readYaml(await readFile(join(pulled, "pipeline.yaml"), "utf8"));
    expect(spec).toEqual(readYaml(await readFile(join(folder, "night-job.yaml"), "utf8"))[0]);
    const sums = uriOf(failed, "for-loop-1.for-loop-1-2.total", "sums");
    expect(await readFile(join(pulled, "artifacts", sums.replace("gs://", "")), "utf8")).toBe("245");
    const job = JSON.parse(await readFile(join(pulled, "job.json"), "utf8"));
    expect(job).toMatchObject({ state: "FAILED", runtimeConfig: { gcsOutputDirectory: "gs://their-bucket/runs" } });
    const task = job.tasks.find(({ state, name }: JsonObject) => state === "FAILED" && name === "scale");
    expect(task.inputs).toMatchObject({
      parameters: { limit: 200 },
      artifacts: { sums: [{ uri: sums, metadata: { part: 2 } }] },
    });
    // Nobody else on this machine reads what a job's parameters were.
    expect((await stat(pulled)).mode & 0o077).toBe(0);
  });

  test("is found as the latest that failed, of its pipeline, and told to programs", async () => {
    const { code, out } = await pull(
      ...["--latest-failed", "--pipeline", "night-job", "--project", "test-project", "--location", "us-central1"],
      "--json",
    );
    expect(code).toBe(0);
    const told = JSON.parse(out);
    expect(told).toMatchObject({ state: "FAILED", failures: [{ place: "for-loop-1[2].scale", error: { code: 9 } }] });
    expect(await readFile(told.artifacts[0].files[0], "utf8")).toBe("245");
  });

  test("brings a folder for a task that is named, and no more than it may without being told", async () => {
    const small = await pull(`${parent}/pipelineJobs/night-1`, "--task", "total", "--max-size", "10B", "-o", "small");
    expect(small).toMatchObject({ code: 1, errors: expect.stringContaining("--max-size") });
    expect(existsSync(join(home, "small/artifacts"))).toBe(false);
    const whole = await pull(`${parent}/pipelineJobs/night-1`, "--task", "total", "-o", "whole");
    expect(whole.code).toBe(0);
    const data = uriOf(failed, "split", "data").replace("gs://", "");
    expect(await readdir(join(home, "whole/artifacts", data))).toEqual(["0.txt", "1.txt", "2.txt"]);
  });

  test("runs again from there, mended by a parameter: only that iteration and what depends on it", async () => {
    const { code, out, job } = await rerun("night-1", "--parameter", "limit=300");
    expect(out).toContain("✓ for-loop-1[2].scale");
    expect(code).toBe(0);
    if (job === undefined) throw new Error(out);
    expect(executed(job)).toEqual(["for-loop-1.for-loop-1-2.scale", "report"]);
    expect(statesOf(job)).toMatchObject({ split: "SKIPPED", "modelling.train": "SKIPPED" });
    // What the step saw is what it saw there: address, type, metadata, content.
    const there = taskOf(failed, "for-loop-1.for-loop-1-2.scale").inputs?.["sums"]?.artifacts?.[0];
    const here = taskOf(job, "for-loop-1.for-loop-1-2.scale").inputs?.["sums"]?.artifacts?.[0];
    expect(here?.uri).toBe(there?.uri);
    expect(here?.schemaTitle).toBe(there?.schemaTitle);
    expect(here?.metadata).toEqual(there?.metadata);
    expect(outputOf(job, "for-loop-1.for-loop-1-2.scale", "Output")).toBe(490);
    const model = uriOf(failed, "modelling.train", "model");
    expect(outputOf(job, "report", "Output")).toBe(`870 of 30 rows, weights at ${model}`);
  });

  test("fails again when nothing was mended", async () => {
    const { code, out } = await rerun("night-1");
    expect(code).toBe(1);
    expect(out).toContain("ValueError: 245 of part 2 is over the limit 200");
  });

  test("runs again from a task of a pipeline inside, with that of the loop which has no result", async () => {
    const { code, job } = await rerun("night-1", "--from", "modelling.train", "--parameter", "limit=300");
    expect(code).toBe(0);
    expect(executed(job ?? {})).toEqual(["for-loop-1.for-loop-1-2.scale", "modelling.train", "report"]);
    expect(outputOf(job ?? {}, "report", "Output")).toMatch(
      /^870 of 30 rows, weights at gs:\/\/their-bucket\/runs\/rerun-night-1-/,
    );
  });

  test("runs again from its first task, which is the whole pipeline", async () => {
    const { code, job, out } = await rerun("night-1", "--from", "split", "--parameter", "limit=300");
    expect(code).toBe(0);
    expect(out).not.toContain("taken");
    expect(executed(job ?? {})).toEqual([
      ...[0, 1, 2].flatMap((index) => [`for-loop-1.for-loop-1-${index}.scale`, `for-loop-1.for-loop-1-${index}.total`]),
      "modelling.train",
      "report",
      "split",
    ]);
    expect(outputOf(job ?? {}, "report", "Output")).toMatch(/^870 of 30 rows/);
  });

  test("runs again as it was mended in its spec: the steps that changed, and what depends on them", async () => {
    await cp(join(home, ".retemper/jobs/night-1"), join(home, "mended"), { recursive: true });
    const file = join(home, "mended/pipeline.yaml");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace("value * 2", "value * 3").replace("value > limit", "False"),
    );
    const { code, job, out } = await rerun("mended");
    expect(out).toContain("for-loop-1[0].scale runs: it is another");
    expect(code).toBe(0);
    expect(executed(job ?? {})).toEqual([
      ...[0, 1, 2].map((index) => `for-loop-1.for-loop-1-${index}.scale`),
      "report",
    ]);
    expect(outputOf(job ?? {}, "report", "Output")).toMatch(/^1305 of 30 rows/);
  });

  test("says what it would do, and of a task that is none which was meant", async () => {
    const { out } = await retemper(home, "rerun", "night-1", "--plan");
    expect(out).toMatch(/runs 2\s+for-loop-1\[2\]\.scale {2}report/);
    const wrong = await retemper(home, "rerun", "night-1", "--from", "scal");
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining("Did you mean for-loop-1.scale?") });
  });

  test("does not replace what this machine has at an artifact's address, unless it may", async () => {
    const sums = uriOf(failed, "for-loop-1.for-loop-1-2.total", "sums").replace("gs://their-bucket/", "");
    await writeFile(join(folder, "mine/storage/their-bucket", sums), "100");
    const refused = await rerun("night-1");
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining("--overwrite") });
    const replaced = await rerun("night-1", "--parameter", "limit=300", "--overwrite");
    expect(outputOf(replaced.job ?? {}, "for-loop-1.for-loop-1-2.scale", "Output")).toBe(490);
  });
});

describe("a job whose image is not here", () => {
  const write = container("write", {
    image: "example.com/team/tool:7",
    outputs: { data: Dataset },
    command: ["sh", "-c"],
    args: ({ outputs }) => ['printf "written" > "$0"', outputs.data.path],
  });
  const spec = compile(pipeline("with-a-tool", {}, () => void write({}))).spec as unknown as JsonObject;

  test("is pulled at once by rerun, says the three ways to tell what the image is, and runs by one of them", async () => {
    const home = join(folder, "tool");
    const job = await theirPipelines.run(spec, { id: "tool-1", root: "gs://their-bucket/runs" });
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    const lost = await retemper(home, "rerun", `${parent}/pipelineJobs/tool-1`, ...fromTheirs());
    expect(lost.code).toBe(1);
    for (const way of ["--image example.com/team/tool:7=", "--images FILE", "--container-engine docker"]) {
      expect(lost.out).toContain(way);
    }
    const found = await retemper(home, "rerun", "tool-1", "--image", "example.com/team/tool=env LC_ALL=C");
    expect(found).toMatchObject({ code: 0, out: expect.stringContaining("✓ write") });
    const unused = await retemper(home, "rerun", "tool-1", "--image", "example.com/other=env");
    expect(unused).toMatchObject({ code: 1, errors: expect.stringContaining("example.com/other") });
  });
});

test("a job whose pipeline takes an artifact runs again with that", async () => {
  const home = join(folder, "taking");
  const check = container("check", {
    image: "alpine",
    inputs: { data: Dataset, wanted: string() },
    command: ["grep"],
    args: ({ inputs }) => [inputs.wanted, inputs.data.path],
  });
  const taking = pipeline("taking", { inputs: { data: Dataset, wanted: string() } }, ({ data, wanted }) => {
    check({ data, wanted });
  });
  await writeFile(join(folder, "theirs/storage/their-bucket/rows.txt"), "one two");
  const metadata = new MetadataServiceClient(clientOptions(theirs.services.vertex));
  const uri = "gs://their-bucket/rows.txt";
  await metadata.createArtifact({
    parent: `${parent}/metadataStores/default`,
    artifactId: "rows",
    artifact: { uri, schemaTitle: "system.Dataset", schemaVersion: "0.0.1" },
  });
  await metadata.close();
  await theirPipelines.run(compile(taking).spec as unknown as JsonObject, {
    ...{ id: "taking-1", root: "gs://their-bucket/runs" },
    ...{ parameters: { wanted: "three" }, artifacts: { data: "rows" } },
  });
  const failing = await retemper(home, "pull", `${parent}/pipelineJobs/taking-1`, ...fromTheirs());
  expect(failing).toMatchObject({ code: 0, out: expect.stringContaining(uri) });
  const mended = await retemper(home, "rerun", "taking-1", "--parameter", "wanted=two");
  expect(mended).toMatchObject({ code: 0, out: expect.stringContaining("✓ check") });
  // Not from the cache, though nothing is different.
  const again = await retemper(home, "rerun", "taking-1", "--parameter", "wanted=two");
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining("✓ check") });
});

describe("a job whose artifact is there no more", () => {
  const make = container("make", {
    image: "alpine",
    outputs: { data: Dataset },
    command: ["sh", "-c"],
    args: ({ outputs }) => ['printf "rows" > "$0"', outputs.data.path],
  });
  const look = container("look", {
    image: "alpine",
    inputs: { data: Dataset },
    command: ["grep"],
    args: ({ inputs }) => ["nothing of it", inputs.data.path],
  });
  const spec = compile(pipeline("vanishing", {}, () => void look({ data: make({}).data })));

  test("is pulled and run with a word about that, and again from what makes it", async () => {
    const home = join(folder, "vanishing");
    const name = `${parent}/pipelineJobs/vanishing-1`;
    const job = await theirPipelines.run(spec.spec as unknown as JsonObject, {
      id: "vanishing-1",
      root: "gs://their-bucket/runs",
    });
    const uri = uriOf(job, "make", "data");
    const file = join(folder, "theirs/storage", uri.replace("gs://", ""));
    const unreachable = await retemper(
      home,
      "pull",
      name,
      "--endpoint",
      `http://${theirs.services.vertex}`,
      ...["--storage-endpoint", "http://127.0.0.1:1"],
    );
    expect(unreachable).toMatchObject({ code: 1, errors: expect.stringContaining(`${uri} can't be reached now`) });
    await rm(file);
    const pulled = await retemper(home, "pull", name, ...fromTheirs());
    expect(pulled).toMatchObject({ code: 0, errors: expect.stringContaining(`${uri} is empty there`) });
    // Its id alone will do from here on.
    const once = await retemper(home, "pull", "vanishing-1", ...fromTheirs());
    expect(once).toMatchObject({ code: 0, out: expect.stringContaining(name) });
    const failed = await retemper(home, "rerun", "vanishing-1", ...fromTheirs());
    expect(failed).toMatchObject({ code: 1, errors: expect.stringContaining(`${uri} is empty there`) });
    const whole = await retemper(home, "rerun", "vanishing-1", "--from", "make", ...fromTheirs());
    expect(whole).toMatchObject({ code: 1, out: expect.stringContaining("✓ make") });
    expect(whole.errors).not.toContain("empty there");
    expect(whole.out).toContain("npx retemper local --state");
  });
});

test("a job that is not there, and one that was not pulled, are said to be", async () => {
  const home = join(folder, "nothing");
  const lost = await retemper(home, "pull", `${parent}/pipelineJobs/lost`, ...fromTheirs());
  expect(lost).toMatchObject({ code: 1, errors: expect.stringContaining("is not there") });
  const which = await retemper(home, "pull", "lost", ...fromTheirs());
  expect(which).toMatchObject({ code: 1, errors: expect.stringContaining("--project") });
});
