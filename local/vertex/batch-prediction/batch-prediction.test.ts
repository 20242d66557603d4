import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import { ModelServiceClient } from "@google-cloud/aiplatform/build/src/v1/model_service_client.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, nodeImage, parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { type Json, toValue } from "../wire/json.ts";

let server: TestVertex;
let jobs: JobServiceClient;
let models: ModelServiceClient;
let model: string;

beforeAll(async () => {
  server = await testVertex({ healthTimeout: 5_000 });
  connect();
  model = await upload(modelServer);
});
afterAll(async () => {
  await Promise.all([jobs.close(), models.close()]);
  await server.close();
});

function connect(): void {
  jobs = new JobServiceClient(server.client);
  models = new ModelServiceClient(server.client);
}

/** Answers what it was sent; a batch with "bad" in it is refused, one with "stuck" gets no answer. */
const modelServer = `
  const { appendFileSync } = require('fs');
  const { AIP_HTTP_PORT, AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE, AIP_STORAGE_URI, RETEMPER_GCS_ROOT } = process.env;
  let busy = 0;
  require('http').createServer((request, response) => {
    if (request.url === AIP_HEALTH_ROUTE) return response.end('ok');
    let text = '';
    request.on('data', (part) => { text += part; }).on('end', () => {
      const { instances, parameters = {} } = JSON.parse(text);
      if (parameters.pids) appendFileSync(RETEMPER_GCS_ROOT + '/bucket/' + parameters.pids, process.pid + '\\n');
      if (instances.includes('stuck')) return;
      if (instances.includes('bad')) return response.writeHead(400).end('bad instance');
      if (instances.includes('busy') && busy++ === 0) return response.writeHead(503).end('busy');
      const predictions = instances.map((instance) => ({ instance, of: instances.length, scale: parameters.scale, uri: AIP_STORAGE_URI }));
      response.end(JSON.stringify({ predictions: instances.includes('few') ? [] : predictions }));
    });
  }).listen(Number(AIP_HTTP_PORT), '127.0.0.1');`;

const containerSpec = (program: string) => ({
  imageUri: `${nodeImage.name}:1`,
  command: ["node", "-e", program],
  predictRoute: "/predict",
  healthRoute: "/health",
});

async function upload(program: string): Promise<string> {
  const [operation] = await models.uploadModel({
    parent,
    model: { displayName: "echo", artifactUri: "gs://bucket/model", containerSpec: containerSpec(program) },
  });
  const [response] = (await operation.promise()) as unknown as [{ model: string }];
  return response.model;
}

function put(object: string, text: string): void {
  const file = join(server.bucket("bucket"), object);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const lines = (...values: Json[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

interface Options {
  readonly format?: string;
  readonly replicas?: number;
  readonly batchSize?: number;
  readonly parameters?: Json;
  readonly instanceConfig?: object;
  readonly more?: object;
}

const message = (uris: string[], { format = "jsonl", replicas = 1, ...options }: Options = {}) => ({
  displayName: "batch",
  model,
  inputConfig: { instancesFormat: format, gcsSource: { uris } },
  outputConfig: { predictionsFormat: "jsonl", gcsDestination: { outputUriPrefix: "gs://bucket/out/" } },
  dedicatedResources: { machineSpec: { machineType: "n1-standard-2" }, startingReplicaCount: replicas },
  ...(options.batchSize !== undefined && { manualBatchTuningParameters: { batchSize: options.batchSize } }),
  ...(options.parameters !== undefined && { modelParameters: toValue(options.parameters) as never }),
  ...(options.instanceConfig !== undefined && { instanceConfig: options.instanceConfig }),
  ...options.more,
});

async function create(uris: string[], options: Options = {}): Promise<string> {
  return (await jobs.createBatchPredictionJob({ parent, batchPredictionJob: message(uris, options) }))[0].name ?? "";
}

const get = async (name: string) => (await jobs.getBatchPredictionJob({ name }))[0];
const ended = (name: string) =>
  until(
    () => get(name),
    ({ endTime }) => endTime !== null,
    20,
  );
const run = async (uris: string[], options: Options = {}) => ended(await create(uris, options));

type Job = Awaited<ReturnType<typeof get>>;

/** What each file of a job's output holds, by its name. */
function outputOf({ outputInfo }: Job): Record<string, Json[]> {
  const directory = outputInfo?.gcsOutputDirectory?.replace("gs://bucket", server.bucket("bucket")) ?? "";
  return Object.fromEntries(
    readdirSync(directory).map((name) => [
      name,
      readFileSync(join(directory, name), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Json),
    ]),
  );
}

const resultsOf = (job: Job) => outputOf(job)["prediction.results-00000-of-00001"];
const errorsOf = (job: Job) => outputOf(job)["prediction.errors_stats-00000-of-00001"];

test("instances of all files that a wildcard names are sent in batches; their predictions stand in their order", async () => {
  put("in/a.jsonl", lines("1", "2", "3"));
  put("in/b.jsonl", lines("4", "5"));
  put("in/other.txt", "no instance");
  const job = await run(["gs://bucket/in/*.jsonl"], { batchSize: 2, parameters: { scale: 3 } });
  expect(job).toMatchObject({
    state: "JOB_STATE_SUCCEEDED",
    modelVersionId: "1",
    completionStats: { successfulCount: "5", failedCount: "0", incompleteCount: "0" },
    partialFailures: [],
    error: null,
  });
  expect(job.outputInfo?.gcsOutputDirectory).toMatch(/^gs:\/\/bucket\/out\/prediction-echo-\d{4}(_\d\d){2}T/);
  const prediction = (instance: string, of: number) => ({
    instance,
    prediction: { instance, of, scale: 3, uri: "gs://bucket/model" },
  });
  expect(resultsOf(job)).toEqual([
    prediction("1", 2),
    prediction("2", 2),
    prediction("3", 2),
    prediction("4", 2),
    prediction("5", 1),
  ]);
  expect(errorsOf(job)).toEqual([]);
});

test("each replica has a part of the input and a file of results", async () => {
  put("replicas.jsonl", lines(...Array.from({ length: 90 }, (_, index) => `${index}`)));
  const job = await run(["gs://bucket/replicas.jsonl"], { replicas: 3, batchSize: 10, parameters: { pids: "pids" } });
  const output = outputOf(job);
  expect(Object.keys(output)).toEqual([
    "prediction.errors_stats-00000-of-00001",
    "prediction.results-00000-of-00003",
    "prediction.results-00001-of-00003",
    "prediction.results-00002-of-00003",
  ]);
  const told = Object.values(output).flatMap((shard) => shard.map((line) => (line as { instance: string }).instance));
  expect(told).toEqual(Array.from({ length: 90 }, (_, index) => `${index}`));
  const pids = readFileSync(join(server.bucket("bucket"), "pids"), "utf8")
    .trim()
    .split("\n")
    .map(Number);
  expect(new Set(pids).size).toBe(3);
  expect(pids.filter(isAlive)).toEqual([]);
});

test("what fails is told with its error, and the rest is predicted", async () => {
  put("partly.jsonl", `${lines("1", "bad", "2")}not json\n${lines("busy", "few")}`);
  const job = await run(["gs://bucket/partly.jsonl"], { batchSize: 1 });
  expect(job).toMatchObject({
    state: "JOB_STATE_SUCCEEDED",
    completionStats: { successfulCount: "3", failedCount: "3", incompleteCount: "0" },
  });
  expect(resultsOf(job)?.map((line) => (line as { instance: string }).instance)).toEqual(["1", "2", "busy"]);
  const errors = errorsOf(job) as unknown as { instance: string; error: { code: number; message: string } }[];
  expect(errors.map(({ instance, error }) => [instance, error.code])).toEqual([
    ["bad", 3],
    ["not json", 3],
    ["few", 13],
  ]);
  expect(errors[0]?.error.message).toContain("bad instance");
  expect(job.partialFailures?.map(({ code }) => code)).toEqual([3, 3, 13]);
});

test("a job without a single prediction fails, with the first error", async () => {
  put("bad.jsonl", lines("bad"));
  const job = await run(["gs://bucket/bad.jsonl"]);
  expect(job).toMatchObject({ state: "JOB_STATE_FAILED", completionStats: { failedCount: "1" } });
  expect(job.error).toMatchObject({ code: 3, message: expect.stringContaining("bad instance") });
});

const person = { id: 7, age: 40, name: "Ann" };

test.each<[what: string, instanceConfig: object, sent: Json, told: object]>([
  ["a key field", { keyField: "id" }, { age: 40, name: "Ann" }, { key: 7 }],
  ["excluded fields", { excludedFields: ["name"] }, { id: 7, age: 40 }, { instance: person }],
  ["included fields", { includedFields: ["age"] }, { age: 40 }, { instance: person }],
  ["an array", { instanceType: "array", includedFields: ["name", "age"] }, ["Ann", 40], { instance: person }],
  ["an array and a key", { instanceType: "array", includedFields: ["age"], keyField: "id" }, [40], { key: 7 }],
])("instances are made of objects by %s", async (_what, instanceConfig, sent, told) => {
  put("people.jsonl", lines(person));
  const job = await run(["gs://bucket/people.jsonl"], { instanceConfig });
  expect(resultsOf(job)).toEqual([{ ...told, prediction: { instance: sent, of: 1, uri: "gs://bucket/model" } }]);
});

test("rows of CSV are arrays, texts in quotes and numbers without, below a header", async () => {
  put("rows.csv", `"id","age","said, and how"\r\n"x",1.5,"he said ""no"", twice"\r\n"y",oops,"z"\r\n`);
  const job = await run(["gs://bucket/rows.csv"], { format: "csv" });
  const sent = ["x", 1.5, 'he said "no", twice'];
  expect(resultsOf(job)).toMatchObject([{ instance: sent, prediction: { instance: sent } }]);
  expect(errorsOf(job)).toMatchObject([{ instance: '"y",oops,"z"', error: { code: 3 } }]);
  const keyed = await run(["gs://bucket/rows.csv"], { format: "csv", instanceConfig: { keyField: "id" } });
  expect(resultsOf(keyed)).toMatchObject([{ key: "x", prediction: { instance: sent.slice(1) } }]);
});

test("files of a list are sent in base64", async () => {
  put("images/1.png", "picture");
  put("files.txt", "gs://bucket/images/1.png\ngs://bucket/images/2.png\n");
  const job = await run(["gs://bucket/files.txt"], { format: "file-list" });
  const b64 = Buffer.from("picture").toString("base64");
  expect(resultsOf(job)).toMatchObject([{ prediction: { instance: { b64 } } }]);
  expect(errorsOf(job)).toMatchObject([{ instance: "gs://bucket/images/2.png" }]);
});

test("a model that is in no registry predicts from its container", async () => {
  put("one.jsonl", lines("1"));
  const job = await run(["gs://bucket/one.jsonl"], {
    more: {
      model: "",
      unmanagedContainerModel: { artifactUri: "gs://bucket/other", containerSpec: containerSpec(modelServer) },
    },
  });
  expect(resultsOf(job)).toMatchObject([{ prediction: { uri: "gs://bucket/other" } }]);
});

test("a model server that doesn't come up, an input that isn't there, and an empty one fail the job", async () => {
  put("one.jsonl", lines("1"));
  put("empty.jsonl", "\n");
  const broken = await upload("console.error('no weights'); process.exit(3)");
  const job = await run(["gs://bucket/one.jsonl"], { more: { model: broken } });
  expect(job).toMatchObject({ state: "JOB_STATE_FAILED", startTime: null, error: { code: 9 } });
  expect(job.error?.message).toContain("no weights");
  expect((await run(["gs://bucket/none/*.jsonl"])).error).toMatchObject({ code: 5 });
  expect((await run(["gs://bucket/empty.jsonl"])).error).toMatchObject({ code: 3 });
});

async function stuck(): Promise<{ name: string; pid: number }> {
  put("stuck.jsonl", lines("stuck"));
  const pids = `stuck-${crypto.randomUUID()}`;
  const name = await create(["gs://bucket/stuck.jsonl"], { parameters: { pids } });
  const file = join(server.bucket("bucket"), pids);
  await until(() => existsSync(file), Boolean);
  return { name, pid: Number(readFileSync(file, "utf8")) };
}

test("cancel ends the servers, even in the middle of a request", async () => {
  const { name, pid } = await stuck();
  expect((await refusal(jobs.deleteBatchPredictionJob({ name }))).code).toBe(9);
  await jobs.cancelBatchPredictionJob({ name });
  expect(await ended(name)).toMatchObject({
    state: "JOB_STATE_CANCELLED",
    error: { code: 1 },
    completionStats: { incompleteCount: "1" },
  });
  expect(isAlive(pid)).toBe(false);
  const [operation] = await jobs.deleteBatchPredictionJob({ name });
  await operation.promise();
  expect((await refusal(get(name))).code).toBe(5);
});

test("the next server runs again what the last one left", async () => {
  const { name, pid } = await stuck();
  put("stuck.jsonl", lines("1"));
  await Promise.all([jobs.close(), models.close()]);
  server = await server.restart();
  connect();
  expect(await ended(name)).toMatchObject({ state: "JOB_STATE_SUCCEEDED", completionStats: { successfulCount: "1" } });
  expect(isAlive(pid)).toBe(false);
});

test("jobs are listed by filter, the newest first", async () => {
  put("one.jsonl", lines("1"));
  const [first, second] = [
    await create(["gs://bucket/one.jsonl"], { more: { displayName: "listed" } }),
    await create(["gs://bucket/one.jsonl"], { more: { displayName: "listed", labels: { team: "a" } } }),
  ];
  const names = async (filter: string) =>
    (await jobs.listBatchPredictionJobs({ parent, filter }))[0].map(({ name }) => name);
  expect(await names('display_name="listed" AND model_display_name="echo"')).toEqual([second, first]);
  expect(await names('labels.team="a"')).toEqual([second]);
  await Promise.all([ended(first), ended(second)]);
});

test("every problem of a request is told at once; what isn't done says so", async () => {
  const { code, message: text } = await refusal(
    create(["bucket/one.jsonl"], {
      format: "xml",
      batchSize: -1,
      instanceConfig: { includedFields: ["a"], excludedFields: ["b"] },
      more: { displayName: "", dedicatedResources: {}, outputConfig: { predictionsFormat: "csv" } },
    }),
  );
  expect(code).toBe(3);
  for (const field of [
    "display_name",
    "instances_format",
    "gcs_source.uris",
    "predictions_format",
    "output_uri_prefix",
    "machine_spec",
    "batch_size",
    "excluded_fields",
  ])
    expect(text).toContain(field);
  const bigquery = { inputConfig: { instancesFormat: "bigquery", bigquerySource: { inputUri: "bq://p.d.t" } } };
  expect(await refusal(create([], { more: bigquery }))).toMatchObject({
    code: 12,
    message: expect.stringMatching(/no BigQuery here.*gcs_source/),
  });
  expect((await refusal(create([], { more: { model: `${parent}/models/none` } }))).code).toBe(3);
});

test("a job goes over REST, too", async () => {
  put("one.jsonl", lines("1"));
  const url = `http://${server.vertex.address}/v1`;
  const body = { ...message(["gs://bucket/one.jsonl"]), modelParameters: { scale: 2 } };
  const created = await fetch(`${url}/${parent}/batchPredictionJobs`, { method: "POST", body: JSON.stringify(body) });
  const { name, state } = (await created.json()) as Record<string, string>;
  expect([created.status, state]).toEqual([200, "JOB_STATE_PENDING"]);
  expect(resultsOf(await ended(name ?? ""))).toMatchObject([{ instance: "1", prediction: { scale: 2 } }]);
  expect(await (await fetch(`${url}/${name}`)).json()).toMatchObject({ completionStats: { successfulCount: "1" } });
});
