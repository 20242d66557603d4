import { v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenClock } from "../../clock.ts";
import { parent, type TestVertex, testVertex } from "../testing/harness.ts";

const minute = 60_000;
const prefix = "aiplatform.googleapis.com/prediction/online";
let clock: DrivenClock;
let server: TestVertex;
let endpoint: string;
let deployedModelId: string;
let predictions: v1.PredictionServiceClient;

/** Answers each instance with itself; 400 for the text `bad`; as a stream, two pieces. */
const modelServer = `
const { createServer } = require("http");
createServer((request, response) => {
  if (request.url === "/health") return response.end("ok");
  let text = "";
  request.on("data", (part) => { text += part; }).on("end", () => {
    if (text === "stream") { response.write("one "); return setTimeout(() => response.end("two"), 20); }
    const { instances } = JSON.parse(text);
    if (instances.includes("bad")) { response.statusCode = 400; return response.end("bad"); }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ predictions: instances }));
  });
}).listen(process.env.AIP_HTTP_PORT);`;

beforeAll(async () => {
  clock = new DrivenClock(Date.UTC(2026, 0, 1));
  server = await testVertex({}, clock);
  const models = new v1.ModelServiceClient(server.client);
  const endpoints = new v1.EndpointServiceClient(server.client);
  predictions = new v1.PredictionServiceClient(server.client);
  const containerSpec = {
    imageUri: "example.com/node",
    command: ["node", "-e"],
    args: [modelServer],
    predictRoute: "/predict",
    healthRoute: "/health",
  };
  const [uploading] = await models.uploadModel({ parent, model: { displayName: "echo", containerSpec } });
  const [{ model }] = await uploading.promise();
  const [creating] = await endpoints.createEndpoint({
    parent,
    endpoint: { displayName: "e", dedicatedEndpointEnabled: true },
  });
  const [created] = await creating.promise();
  endpoint = created.name ?? "";
  const dedicatedResources = { machineSpec: { machineType: "n1-standard-4" }, minReplicaCount: 1 };
  const deployedModel = { model: model ?? "", dedicatedResources };
  const [deploying] = await endpoints.deployModel({ endpoint, deployedModel, trafficSplit: { "0": 100 } });
  const [deployed] = await deploying.promise();
  deployedModelId = deployed.deployedModel?.id ?? "";
  expect((await endpoints.getEndpoint({ name: endpoint }))[0].dedicatedEndpointDns).toBe(
    server.vertex.address.replace("127.0.0.1", "localhost"),
  );
  await Promise.all([models.close(), endpoints.close()]);
});
afterAll(async () => {
  await predictions.close();
  await server.close();
});

const predict = (...values: string[]) =>
  predictions.predict({ endpoint, instances: values.map((stringValue) => ({ stringValue })) });

type Found = { metric: { labels: Record<string, string> }; points?: { value: Record<string, unknown> }[] }[];
async function series(metric: string, more: Record<string, string> = {}): Promise<Found> {
  const query = new URLSearchParams({
    filter: `metric.type = "${prefix}/${metric}" AND resource.labels.endpoint_id = "${endpoint.split("/").at(-1)}"`,
    "interval.startTime": new Date(clock.now() - 60 * minute).toISOString(),
    "interval.endTime": new Date(clock.now()).toISOString(),
    ...more,
  });
  const response = await fetch(`http://${server.vertex.address}/v3/projects/test-project/timeSeries?${query}`);
  const { timeSeries = [], error } = (await response.json()) as { timeSeries?: Found; error?: object };
  expect(error).toBeUndefined();
  return timeSeries;
}

test("an endpoint's metrics say what came, minute by minute, by deployed model", async () => {
  await predict("a", "b");
  await expect(predict("bad")).rejects.toMatchObject({ code: 3 });
  await clock.advance(minute);
  await predict("c");
  await clock.advance(minute);

  const [counts, ...others] = await series("prediction_count");
  expect(others).toEqual([]);
  expect(counts?.metric.labels).toEqual({ deployed_model_id: deployedModelId });
  expect(counts?.points?.map(({ value }) => value)).toEqual([{ int64Value: "1" }, { int64Value: "3" }]);
  const [errors] = await series("error_count", {
    "aggregation.alignmentPeriod": "3600s",
    "aggregation.perSeriesAligner": "ALIGN_SUM",
  });
  expect(errors?.points).toMatchObject([{ value: { int64Value: "1" } }]);
  const codes = await series("response_count");
  expect(codes.map(({ metric }) => metric.labels["response_code"])).toEqual(["200", "400"]);
  const [summed] = await series("response_count", {
    "aggregation.alignmentPeriod": "3600s",
    "aggregation.perSeriesAligner": "ALIGN_SUM",
    "aggregation.crossSeriesReducer": "REDUCE_SUM",
    "aggregation.groupByFields": "metric.labels.deployed_model_id",
  });
  expect(summed).toMatchObject({
    metric: { labels: { deployed_model_id: deployedModelId } },
    points: [{ value: { int64Value: "3" } }],
  });
  const [latencies] = await series("prediction_latencies");
  expect(latencies?.points?.[1]?.value).toMatchObject({ distributionValue: { count: "2" } });
  const [p95] = await series("prediction_latencies", {
    "aggregation.alignmentPeriod": "3600s",
    "aggregation.perSeriesAligner": "ALIGN_PERCENTILE_95",
  });
  expect(p95?.points?.[0]?.value["doubleValue"]).toBeGreaterThan(0);
  expect((await series("replicas"))[0]?.points).toMatchObject([{ value: { int64Value: "1" } }]);
  expect((await series("replicas", { view: "HEADERS" }))[0]).not.toHaveProperty("points");
});

test("a filter without a metric, and an aligner that isn't there, are refused by name", async () => {
  const ask = async (query: Record<string, string>) => {
    const time = new Date(clock.now()).toISOString();
    const parameters = new URLSearchParams({ "interval.endTime": time, ...query });
    const response = await fetch(`http://${server.vertex.address}/v3/projects/test-project/timeSeries?${parameters}`);
    return response.json();
  };
  expect(await ask({})).toMatchObject({ error: { status: "INVALID_ARGUMENT" } });
  const filter = `metric.type="${prefix}/replicas"`;
  expect(await ask({ filter, "aggregation.perSeriesAligner": "ALIGN_STDDEV" })).toMatchObject({
    error: { status: "UNIMPLEMENTED", message: expect.stringContaining("ALIGN_STDDEV") },
  });
});

test("a stream comes as the model server sends it, by gRPC and by REST", async () => {
  const parts: string[] = [];
  const stream = predictions.streamRawPredict({
    endpoint,
    httpBody: { contentType: "text/plain", data: Buffer.from("stream") },
  });
  for await (const { data } of stream as AsyncIterable<{ data: Uint8Array }>) parts.push(Buffer.from(data).toString());
  expect(parts).toEqual(["one ", "two"]);
  const response = await fetch(`http://${server.vertex.address}/v1/${endpoint}:streamRawPredict`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "stream",
  });
  expect(response.headers.get("x-vertex-ai-deployed-model-id")).toBe(deployedModelId);
  expect(await response.text()).toBe("one two");
  const raw = await fetch(`http://${server.vertex.address}/v1/${endpoint}:rawPredict`, {
    method: "POST",
    body: '{"instances":[1]}',
  });
  expect(await raw.json()).toEqual({ predictions: [1] });
  const refused = await fetch(`http://${server.vertex.address}/v1/${endpoint}:streamRawPredict`, {
    method: "POST",
    body: '{"instances":["bad"]}',
  });
  expect(refused.status).toBe(400);
});
