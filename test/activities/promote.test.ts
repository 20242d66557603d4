import { MockActivityEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { findChampion } from "../../activities/vertex/champion.ts";
import type { Vertex } from "../../local/vertex/index.ts";
import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import { type ServedModels, startServedModels } from "./served-models.ts";

const image = "example.com/server";
const serving = { image: `${image}@sha256:1`, machine: "n1-standard-4", replicas: 1 };

/** Stands in for `python -m trainer serve`; the model's folder says how it behaves. */
const server = `#!${process.execPath}
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const { AIP_HTTP_PORT, AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE, AIP_STORAGE_URI, BUCKETS } = process.env;
const behaviour = readFileSync(AIP_STORAGE_URI.replace("gs:/", BUCKETS) + "/behaviour.txt", "utf8");
if (behaviour === "crash") { console.error("the weights are broken"); process.exit(1); }
createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    if (request.url === AIP_HEALTH_ROUTE) return response.end("ok");
    if (request.url !== AIP_PREDICT_ROUTE) return response.writeHead(404).end();
    if (behaviour === "error") return response.writeHead(500).end("no memory");
    const { instances } = JSON.parse(Buffer.concat(chunks).toString());
    const predictions = instances.map(() => ({ label: behaviour, score: 0.9 }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ predictions }));
  });
}).listen(Number(AIP_HTTP_PORT), "127.0.0.1");
`;

let served: ServedModels;
let clients: Clients;
let vertex: Vertex;
let activities: PromoteActivities;

beforeAll(async () => {
  served = await startServedModels({ image, program: server, healthTimeout: 10_000 });
  ({ clients, vertex, activities } = served);
});

afterAll(() => served.close());

/** A registered model that answers as it is told. */
async function register(modelId: string, releaseId: string, behaviour = "a"): Promise<string> {
  const artifactUri = `gs://retemper/models/${modelId}/${releaseId}`;
  await clients.storage.writeText(`${artifactUri}/behaviour.txt`, behaviour);
  await clients.storage.writeText(`${artifactUri}/config.json`, JSON.stringify({ id2label: { 0: "a", 1: "b" } }));
  const labels = { recipe: modelId };
  return (await activities.registerModel({ modelId, artifactUri, image: serving.image, releaseId, labels }))
    .modelVersion;
}

const texts = ["one", "two", "three", "four"];

async function endpointIds(): Promise<string[]> {
  const endpoints = await clients.vertex.endpoints();
  const [all] = await endpoints.listEndpoints({ parent: "projects/retemper/locations/us-central1" });
  return all.map(({ name }) => name?.split("/").at(-1) ?? "");
}

describe("registerModel", () => {
  test("makes one version a release, and the next release's beside it", async () => {
    const first = await register("registry", "release-1");
    expect(first).toMatch(/\/models\/registry@1$/);
    expect(await register("registry", "release-1")).toBe(first);
    expect(await register("registry", "release-2")).toMatch(/\/models\/registry@2$/);
  });

  test("an alias moves, and names its version", async () => {
    const first = await register("aliases", "release-1");
    const second = await register("aliases", "release-2");
    await activities.moveAlias({ modelVersion: first, alias: "champion" });
    await activities.moveAlias({ modelVersion: second, alias: "champion" });
    const named = await activities.readModelVersion({ modelVersion: second.replace("@2", "@champion") });
    expect(named).toEqual({
      modelVersion: second,
      artifactUri: "gs://retemper/models/aliases/release-2",
      image: serving.image,
    });
    await expect(activities.readModelVersion({ modelVersion: second.replace("@2", "@9") })).rejects.toMatchObject({
      type: "NotFound",
    });
  });
});

describe("an endpoint", () => {
  test("takes a first model, a canary beside it, and gives both back", async () => {
    const endpoint = "release";
    const before = await activities.ensureEndpoint({ endpoint });
    expect(before).toMatchObject({ traffic: {}, deployed: [] });
    expect(await activities.ensureEndpoint({ endpoint })).toEqual(before);
    expect(await findChampion(clients, endpoint)).toBeNull();

    const first = await register(endpoint, "release-1", "a");
    const one = await activities.deployModel({ endpoint, modelVersion: first, releaseId: "release-1", serving });
    expect((await activities.readEndpoint({ endpoint })).traffic[one.deployedModelId] ?? 0).toBe(0);
    // A version that only has the alias is no champion.
    await activities.moveAlias({ modelVersion: first, alias: "champion" });
    expect(await findChampion(clients, endpoint)).toBeNull();
    expect(await activities.deployModel({ endpoint, modelVersion: first, releaseId: "release-1", serving })).toEqual(
      one,
    );
    await activities.setTraffic({ endpoint, traffic: { [one.deployedModelId]: 100 } });
    expect(await findChampion(clients, endpoint)).toEqual({
      modelVersion: first,
      artifactUri: "gs://retemper/models/release/release-1",
      runId: "release-1",
    });

    const second = await register(endpoint, "release-2", "error");
    const two = await activities.deployModel({ endpoint, modelVersion: second, releaseId: "release-2", serving });
    expect(await activities.findDeployed({ endpoint, releaseId: "release-2" })).toEqual(two);
    expect(await activities.findDeployed({ endpoint, releaseId: "release-3" })).toEqual({ deployedModelId: null });
    const { traffic } = await activities.setTraffic({
      endpoint,
      traffic: { [one.deployedModelId]: 50, [two.deployedModelId]: 50 },
    });
    expect(traffic).toEqual({ [one.deployedModelId]: 50, [two.deployedModelId]: 50 });
    const many = Array.from({ length: 60 }, (_, index) => `text ${index}`);
    const report = await activities.probeEndpoint({ endpoint, instances: many });
    const mine = report.byDeployedModel[one.deployedModelId];
    expect(mine).toMatchObject({ errors: 0 });
    expect(mine?.p95Milliseconds).toBeGreaterThan(0);
    expect(report.unattributedErrors).toBeGreaterThan(0);
    expect((mine?.requests ?? 0) + report.unattributedErrors).toBe(60);

    await activities.setTraffic({ endpoint, traffic: { [one.deployedModelId]: 100 } });
    await activities.undeployModel({ endpoint, deployedModelId: two.deployedModelId });
    await activities.undeployModel({ endpoint, deployedModelId: two.deployedModelId });
    expect((await activities.readEndpoint({ endpoint })).deployed.map(({ id }) => id)).toEqual([one.deployedModelId]);
  });

  test.each([
    { a: 50, b: 49 },
    { a: 120, b: -20 },
    { a: 99.5, b: 0.5 },
  ])("never gets the split %j", async (traffic) => {
    await expect(activities.setTraffic({ endpoint: "release", traffic })).rejects.toMatchObject({
      type: "InvalidTraffic",
      nonRetryable: true,
    });
  });

  test("that is not there is not found", async () => {
    await expect(activities.readEndpoint({ endpoint: "none" })).rejects.toMatchObject({ type: "NotFound" });
  });
});

describe("smokeTest", () => {
  const smoke = async (releaseId: string, behaviour: string) => {
    const modelVersion = await register("smoke", releaseId, behaviour);
    return activities.smokeTest({ modelVersion, releaseId, serving, instances: texts });
  };

  test("asks the model on an endpoint apart, and removes it", async () => {
    const before = await endpointIds();
    const report = await smoke("sound", "a");
    expect(report.requests).toBe(texts.length);
    expect(report.p95Milliseconds).toBeGreaterThan(0);
    expect(await endpointIds()).toEqual(before);
  });

  test.each([
    ["does not come up", "crash"],
    ["answers with an error", "error"],
    ["answers with a label that is none of its own", "c"],
  ])("fails a model that %s, and removes the endpoint all the same", async (_what, behaviour) => {
    const before = await endpointIds();
    await expect(smoke(behaviour, behaviour)).rejects.toMatchObject({ type: "SmokeTestFailed", nonRetryable: true });
    expect(await endpointIds()).toEqual(before);
  });

  test("cancelled in the midst of a deployment, removes the endpoint", async () => {
    const before = await endpointIds();
    vertex.admin.faults.delayStart({ kind: "DeployedModel", milliseconds: 1_500, times: 1 });
    const modelVersion = await register("smoke", "cancelled", "a");
    const activity = new MockActivityEnvironment();
    const running = activity.run(activities.smokeTest, {
      modelVersion,
      releaseId: "cancelled",
      serving,
      instances: texts,
    });
    setTimeout(() => activity.cancel("CANCELLED"), 500);
    await expect(running).rejects.toMatchObject({ name: "CancelledFailure" });
    expect(await endpointIds()).toEqual(before);
  });
});
