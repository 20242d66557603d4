import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { findChampion } from "../../activities/vertex/champion.ts";
import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import type { Serve } from "../../pipelines/promote/serve.ts";
import { type ServedModels, startServedModels } from "./served-models.ts";

/**
 * Stands in for vLLM and TEI, written to their documents; neither was run. Like them it takes its port and, vLLM, its
 * model from the arguments, knows its own routes, and refuses what is not in its form.
 */
const server = `#!${process.execPath}
const { createServer } = require("node:http");
const { AIP_PREDICT_ROUTE, AIP_HEALTH_ROUTE, AIP_STORAGE_URI } = process.env;
const options = Object.fromEntries(process.argv.slice(2).filter((each) => each.startsWith("--")).map((each) => each.slice(2).split("=")));
const isVllm = process.argv.includes("vllm.entrypoints.api_server");
if (isVllm && options.model !== AIP_STORAGE_URI) { console.error("no such model: " + options.model); process.exit(1); }
// TEI ends where a route of Vertex's is one of its own.
const own = ["/health", "/", "/ping", "/metrics", "/info", "/embed", "/predict", "/rerank", "/vertex"];
if (!isVllm && [AIP_PREDICT_ROUTE, AIP_HEALTH_ROUTE].some((route) => own.includes(route))) { console.error("Overlapping method route"); process.exit(101); }
const routes = isVllm ? { health: "/ping", predict: "/generate" } : { health: AIP_HEALTH_ROUTE, predict: AIP_PREDICT_ROUTE };
const vllm = ({ prompt, max_tokens }) => {
  if (typeof prompt !== "string" || !Number.isInteger(max_tokens)) throw new Error("prompt: field required");
  return "Prompt:\\n" + prompt + "\\nOutput:\\n and so on";
};
const tei = ({ inputs }) => {
  if (typeof inputs !== "string") throw new Error("missing field inputs");
  return [{ score: 0.8, label: "a" }, { score: 0.2, label: "b" }];
};
createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    if (request.url === routes.health) return response.end();
    if (request.url !== routes.predict) return response.writeHead(404).end();
    try {
      const { instances } = JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ predictions: instances.map(isVllm ? vllm : tei) }));
    } catch (error) {
      response.writeHead(422).end(JSON.stringify({ error: error.message, error_type: "Validation" }));
    }
  });
}).listen(Number(options.port), "127.0.0.1");
`;

const image = "example.com/stand-in";
const containers: Readonly<Record<"vllm" | "tei" | "custom", Serve>> = {
  vllm: { container: "vllm", image },
  tei: { container: "tei", image },
  custom: {
    container: "custom",
    image,
    command: ["python", "-m", "vllm.entrypoints.api_server"],
    args: ["--port=$(AIP_HTTP_PORT)", "--model=$(AIP_STORAGE_URI)"],
    port: 8080,
    predictRoute: "/generate",
    healthRoute: "/ping",
  },
};

let served: ServedModels;
let clients: Clients;
let activities: PromoteActivities;

beforeAll(async () => {
  served = await startServedModels({ image, program: server, entrypoint: ["python"], healthTimeout: 15_000 });
  ({ clients, activities } = served);
});

afterAll(() => served.close());

const texts = ["one", "two", "three"];

async function register(modelId: string, serve: Serve): Promise<string> {
  const artifactUri = `gs://retemper/models/${modelId}`;
  await clients.storage.writeText(`${artifactUri}/config.json`, JSON.stringify({ id2label: { 0: "a", 1: "b" } }));
  const { modelVersion } = await activities.registerModel({
    modelId,
    artifactUri,
    image,
    serve,
    releaseId: "release-1",
    labels: {},
  });
  return modelVersion;
}

function smokeTest(modelVersion: string, serve: Serve) {
  const serving = { image, serve, machine: "n1-standard-4", replicas: 1 };
  const context = new MockActivityEnvironment();
  return context.run(() =>
    activities.smokeTest({ modelVersion, releaseId: "release-1", serving, instances: texts }),
  ) as ReturnType<PromoteActivities["smokeTest"]>;
}

test("vLLM is started, asked and probed in its own form, and the registry knows which that is", async () => {
  const serve = containers.vllm;
  const modelVersion = await register("writer", serve);
  const models = await clients.vertex.models();
  const [model] = await models.getModel({ name: modelVersion });
  // The image's own entry point is what fetches a gs:// model.
  expect(model.containerSpec).toMatchObject({ command: [], predictRoute: "/generate", healthRoute: "/ping" });
  expect(await smokeTest(modelVersion, serve)).toMatchObject({ requests: texts.length });
  const { endpoint } = await activities.ensureEndpoint({ endpoint: "writer" });
  const serving = { image, serve, machine: "n1-standard-4", replicas: 1 };
  const { deployedModelId } = await activities.deployModel({ endpoint, modelVersion, releaseId: "release-1", serving });
  await activities.setTraffic({ endpoint, traffic: { [deployedModelId]: 100 } });
  expect(await activities.probeEndpoint({ endpoint, instances: texts, serve })).toMatchObject({
    byDeployedModel: { [deployedModelId]: { requests: 3, errors: 0 } },
    unattributedErrors: 0,
  });
  // In the trainer's form it would be refused.
  expect(await activities.probeEndpoint({ endpoint, instances: texts })).toMatchObject({ unattributedErrors: 3 });
  expect(await findChampion(clients, "writer")).toMatchObject({ modelVersion, requests: "vllm" });
});

test("TEI keeps Vertex's own routes, and is asked for labels", async () => {
  const modelVersion = await register("classifier", containers.tei);
  const models = await clients.vertex.models();
  const [model] = await models.getModel({ name: modelVersion });
  expect(model.containerSpec).toMatchObject({ predictRoute: "", healthRoute: "" });
  expect(await smokeTest(modelVersion, containers.tei)).toMatchObject({ requests: texts.length });
});

test("another container gets its own command, routes and port, and must answer as the trainer does", async () => {
  const modelVersion = await register("own", containers.custom);
  const models = await clients.vertex.models();
  const [model] = await models.getModel({ name: modelVersion });
  expect(model.containerSpec).toMatchObject({ predictRoute: "/generate", healthRoute: "/ping" });
  await expect(smokeTest(modelVersion, containers.custom)).rejects.toMatchObject({ type: "SmokeTestFailed" });
});
