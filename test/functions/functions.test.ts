import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import aiplatform from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../local/server.ts";
import { clientOptions } from "../../local/vertex/testing/harness.ts";
import { fromValue, type JsonObject, mapValues, toStruct, toValue } from "../../local/vertex/wire/json.ts";
import { bundle } from "../../specs/functions/index.ts";
import { type CompiledSpec, compile, validateSpec } from "../../specs/index.ts";
import { type NpmRegistry, startNpmRegistry } from "./npm-registry.ts";
import { contest, onMachine } from "./pipelines.ts";

const { PipelineServiceClient } = aiplatform.v1;
type Job = aiplatform.protos.google.cloud.aiplatform.v1.IPipelineJob;

let folder: string;
let cloud: LocalCloud;
let registry: NpmRegistry;
let client: InstanceType<typeof PipelineServiceClient>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "functions-"));
  cloud = await startLocalCloud({ state: folder, buckets: ["bucket"] });
  registry = await startNpmRegistry([resolve(import.meta.dirname, "../../node_modules/yaml")], folder);
  client = new PipelineServiceClient(clientOptions(cloud.services.vertex));
});

afterAll(async () => {
  await client?.close();
  await registry?.close();
  await cloud?.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(id: string, { spec }: CompiledSpec, parameters: JsonObject): Promise<Job> {
  const [{ name }] = await client.createPipelineJob({
    parent: "projects/test-project/locations/us-central1",
    pipelineJobId: id,
    pipelineJob: {
      pipelineSpec: toStruct(spec as unknown as JsonObject) as never,
      runtimeConfig: {
        gcsOutputDirectory: "gs://bucket/runs",
        parameterValues: mapValues(parameters, toValue) as never,
      },
    },
  });
  for (;;) {
    const [job] = await client.getPipelineJob({ name: name ?? "" });
    if (job.endTime !== null) return job;
    await wait(50);
  }
}

test("functions run as a pipeline: packages, helpers, loops, lists of artifacts, every type of parameter", async () => {
  const bucket = join(folder, "storage", "bucket");
  await mkdir(bucket, { recursive: true });
  await writeFile(
    join(bucket, "scores.yaml"),
    "- { name: ada, score: 1 }\n- { name: bob, score: 3 }\n- { name: cyd, score: 2 }\n",
  );
  const bundled = await bundle(contest(registry.url));
  expect(Object.fromEntries(bundled.functions.map(({ name, bundled: packages }) => [name, packages]))).toMatchObject({
    "read-rows": ["fastest-levenshtein@1.0.16"],
    pick: [],
  });
  const compiled = compile(bundled);
  expect(validateSpec(compiled.spec)).toEqual([]);

  const names = ["ada", "bob", "cyd"];
  const job = await run("contest", compiled, { uri: "gs://bucket/scores.yaml", names });
  expect(job).toMatchObject({ state: "PIPELINE_STATE_SUCCEEDED" });
  expect(parametersOf(job, "read-rows")).toEqual({ count: 3 });
  expect(parametersOf(job, "summarise")).toEqual({
    best: "bob",
    mean: 4,
    good: true,
    all: { ada: 2, bob: 6, cyd: 4 },
  });
  expect(parametersOf(job, "celebrate")).toEqual({ words: "{{$}} bob wins!" });
  expect(parametersOf(job, "report")).toEqual({ state: "exit-handler-1: SUCCEEDED" });
  expect(artifactOf(job, "read-rows", "rows")).toMatchObject({
    schemaTitle: "system.Dataset",
    metadata: { fields: { field: { stringValue: "score" } } },
  });
  expect(artifactOf(job, "summarise", "metrics").metadata?.fields?.["mean"]?.numberValue).toBe(400);
  const report = artifactOf(job, "summarise", "report").uri?.replace("gs://bucket", bucket) ?? "";
  expect(await readFile(report, "utf8")).toBe("# No title\n- bob\n- cyd\n- ada\n");
  expect(registry.asked.filter((path) => path.endsWith(".tgz"))).toEqual(["/yaml/-/2.9.1.tgz"]);
});

test("a function that throws fails its task with its own words, and the exit handler's function hears of it", async () => {
  const bucket = join(folder, "storage", "bucket");
  await writeFile(join(bucket, "broken.yaml"), "[");
  const compiled = compile(await bundle(contest(registry.url)));
  const job = await run("broken", compiled, { uri: "gs://bucket/broken.yaml", names: [] });
  expect(job.state).toBe("PIPELINE_STATE_FAILED");
  expect(taskOf(job, "read-rows").error?.message).toContain("YAMLParseError: ");
  expect(parametersOf(job, "report")).toEqual({ state: "exit-handler-1: FAILED" });
});

test("a function runs as a CustomJob, on a machine of its own", async () => {
  const compiled = compile(await bundle(onMachine));
  const job = await run("machine", compiled, { text: 'it\'s "quoted"' });
  expect(job).toMatchObject({ state: "PIPELINE_STATE_SUCCEEDED" });
  expect(parametersOf(job, "shout")).toMatchObject({ loud: 'IT\'S "QUOTED" {{$}}' });
});

function taskOf(job: Job, name: string) {
  const found = job.jobDetail?.taskDetails?.find(({ taskName }) => taskName === name);
  if (found === undefined) throw new Error(`There is no task ${name}.`);
  return found;
}

function parametersOf(job: Job, name: string): unknown {
  const metadata = taskOf(job, name).execution?.metadata?.fields ?? {};
  const outputs = Object.entries(metadata).filter(([key]) => key.startsWith("output:"));
  return Object.fromEntries(outputs.map(([key, value]) => [key.slice("output:".length), fromValue(value as never)]));
}

function artifactOf(job: Job, name: string, output: string) {
  const [artifact] = taskOf(job, name).outputs?.[output]?.artifacts ?? [];
  if (artifact === undefined) throw new Error(`${name} has no artifact ${output}.`);
  return artifact;
}
