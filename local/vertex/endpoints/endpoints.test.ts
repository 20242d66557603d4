import { EndpointServiceClient } from "@google-cloud/aiplatform/build/src/v1/endpoint_service_client.js";
import { ModelServiceClient } from "@google-cloud/aiplatform/build/src/v1/model_service_client.js";
import { PredictionServiceClient } from "@google-cloud/aiplatform/build/src/v1/prediction_service_client.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  filesOf,
  isAlive,
  nodeImage,
  parent,
  refusal,
  type TestVertex,
  testVertex,
  until,
} from "../testing/harness.ts";
import { fromValue, toValue, type ValueMessage } from "../wire/json.ts";

let server: TestVertex;
let models: ModelServiceClient;
let endpoints: EndpointServiceClient;
let prediction: PredictionServiceClient;

function connect() {
  models = new ModelServiceClient(server.client);
  endpoints = new EndpointServiceClient(server.client);
  prediction = new PredictionServiceClient(server.client);
}
const disconnect = () => Promise.all([models.close(), endpoints.close(), prediction.close()]);

beforeAll(async () => {
  server = await testVertex({ healthTimeout: 8_000 });
  connect();
});
afterAll(async () => {
  await disconnect();
  await server.close();
});

/** Answers every instance with its own name, its process id and what it was told. */
const modelServer = `
  const { AIP_HTTP_PORT, AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE, AIP_STORAGE_URI, RETEMPER_GCS_ROOT, NAME } = process.env;
  require('http').createServer((request, response) => {
    if (request.url === AIP_HEALTH_ROUTE) return response.end('ok');
    if (request.url !== AIP_PREDICT_ROUTE) return response.writeHead(404).end();
    let text = '';
    request.on('data', (part) => { text += part; }).on('end', () => {
      const { instances, parameters = {} } = JSON.parse(text);
      if (instances[0] === 'bad') return response.writeHead(400).end('bad instance');
      if (instances[0] === 'exit') process.exit(7);
      if (parameters.mark) require('fs').writeFileSync(RETEMPER_GCS_ROOT + '/' + parameters.mark, '');
      setTimeout(() => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ predictions: instances.map((instance) => ({ name: NAME, instance, pid: process.pid, uri: AIP_STORAGE_URI, root: RETEMPER_GCS_ROOT })) }));
      }, parameters.delay ?? 0);
    });
  }).listen(Number(AIP_HTTP_PORT), '127.0.0.1');`;

const model = (name: string, program = modelServer) => ({
  displayName: name,
  artifactUri: `gs://bucket/${name}`,
  containerSpec: {
    imageUri: `${nodeImage.name}:1`,
    command: ["node", "-e", program],
    env: [{ name: "NAME", value: name }],
    predictRoute: "/predict",
    healthRoute: "/health",
  },
});

async function upload(name: string, more: object = {}, program?: string): Promise<string> {
  const [operation] = await models.uploadModel({ parent, model: model(name, program), ...more });
  const [response] = (await operation.promise()) as unknown as [{ model: string; modelVersionId: string }];
  return `${response.model}@${response.modelVersionId}`;
}

async function newEndpoint(displayName = "test"): Promise<string> {
  const [operation] = await endpoints.createEndpoint({ parent, endpoint: { displayName } });
  return (await operation.promise())[0].name ?? "";
}

async function deploy(
  endpoint: string,
  version: string,
  trafficSplit: Record<string, number> = {},
  minReplicaCount = 1,
): Promise<string> {
  const [operation] = await endpoints.deployModel({
    endpoint,
    deployedModel: {
      model: version,
      dedicatedResources: { machineSpec: { machineType: "c3-standard-4" }, minReplicaCount },
    },
    trafficSplit,
  });
  const [response] = await operation.promise();
  return response.deployedModel?.id ?? "";
}

async function predict(endpoint: string, instance: string, parameters: object = {}) {
  const [response] = await prediction.predict({
    endpoint,
    instances: [toValue(instance)] as never,
    parameters: toValue(parameters as never) as never,
  });
  const answer = fromValue(response.predictions?.[0] as ValueMessage) as {
    name: string;
    pid: number;
    uri: string;
    root: string;
    instance: string;
  };
  return {
    ...answer,
    deployedModelId: response.deployedModelId,
    model: response.model,
    modelVersionId: response.modelVersionId,
  };
}

const getEndpoint = async (name: string) => (await endpoints.getEndpoint({ name }))[0];
const setTraffic = (name: string, trafficSplit: Record<string, number>) =>
  endpoints.updateEndpoint({ endpoint: { name, trafficSplit }, updateMask: { paths: ["traffic_split"] } });

describe("an endpoint", () => {
  test("serves by real processes, and says which model and version answered", async () => {
    const version = await upload("first");
    const endpoint = await newEndpoint();
    const id = await deploy(endpoint, version, { "0": 100 });
    const answer = await predict(endpoint, "hello");
    expect(answer).toMatchObject({
      name: "first",
      instance: "hello",
      uri: "gs://bucket/first",
      deployedModelId: id,
      modelVersionId: "1",
    });
    expect(answer.root).toMatch(/^\/gcs$|storage$/);
    expect(`${answer.model}@${answer.modelVersionId}`).toBe(version);
    expect((await getEndpoint(endpoint)).trafficSplit).toEqual({ [id]: 100 });
    const [raw] = await prediction.rawPredict({
      endpoint,
      httpBody: { contentType: "application/json", data: Buffer.from('{"instances":["raw"]}') },
    });
    expect(raw.contentType).toBe("application/json");
    expect(JSON.parse(Buffer.from(raw.data as Uint8Array).toString()).predictions[0].instance).toBe("raw");
  });

  test("splits traffic by weight, and refuses a split that is not whole", async () => {
    const endpoint = await newEndpoint();
    const a = await deploy(endpoint, await upload("a"));
    expect(await refusal(predict(endpoint, "x"))).toMatchObject({
      code: 9,
      message: expect.stringContaining("doesn't have traffic_split"),
    });
    await setTraffic(endpoint, { [a]: 100 });
    const b = await deploy(endpoint, await upload("b"));
    expect((await getEndpoint(endpoint)).trafficSplit).toEqual({ [a]: 100 });
    expect((await refusal(setTraffic(endpoint, { [a]: 50, [b]: 49 }))).code).toBe(3);
    expect((await refusal(setTraffic(endpoint, { [a]: 50, "123": 50 }))).code).toBe(3);
    await setTraffic(endpoint, { [a]: 30, [b]: 70 });
    const names = await Promise.all(Array.from({ length: 200 }, () => predict(endpoint, "x").then(({ name }) => name)));
    const share = names.filter((name) => name === "b").length / names.length;
    // 70 % within five standard deviations.
    expect(share).toBeGreaterThan(0.53);
    expect(share).toBeLessThan(0.87);
    await setTraffic(endpoint, { [b]: 100, [a]: 0 });
    expect((await getEndpoint(endpoint)).trafficSplit).toEqual({ [b]: 100 });
    expect((await predict(endpoint, "x")).name).toBe("b");
  });

  test("undeploys only what has no traffic, after its requests have ended", async () => {
    const endpoint = await newEndpoint();
    const a = await deploy(endpoint, await upload("a"), { "0": 100 });
    const b = await deploy(endpoint, await upload("b"));
    expect((await refusal(endpoints.undeployModel({ endpoint, deployedModelId: a }))).code).toBe(9);
    const { pid } = await predict(endpoint, "x");
    const slow = predict(endpoint, "slow", { delay: 500, mark: "bucket/arrived" });
    await until(
      () => filesOf(server.bucket("bucket")),
      (files) => files["arrived"] !== undefined,
    );
    const [operation] = await endpoints.undeployModel({ endpoint, deployedModelId: a, trafficSplit: { [b]: 100 } });
    await operation.promise();
    expect((await slow).name).toBe("a");
    expect(isAlive(pid)).toBe(false);
    expect((await predict(endpoint, "x")).name).toBe("b");
    const [last] = await endpoints.undeployModel({ endpoint, deployedModelId: b });
    await last.promise();
    expect(await getEndpoint(endpoint)).toMatchObject({ trafficSplit: {}, deployedModels: [] });
    await (await endpoints.deleteEndpoint({ name: endpoint }))[0].promise();
    expect((await refusal(getEndpoint(endpoint))).code).toBe(5);
  });

  test("fails a deployment whose server dies or never becomes healthy, and leaves traffic as it was", async () => {
    const endpoint = await newEndpoint();
    const good = await deploy(endpoint, await upload("good"), { "0": 100 });
    const dying = await upload("dying", {}, "console.error('weights are missing'); process.exit(4)");
    expect(await refusal(deploy(endpoint, dying, { "0": 100 }))).toMatchObject({
      code: 9,
      message: expect.stringContaining("weights are missing"),
    });
    const [operation] = await models.uploadModel({
      parent,
      model: {
        ...model("silent"),
        containerSpec: {
          ...model("silent", "setInterval(() => {}, 1000)").containerSpec,
          deploymentTimeout: { seconds: 1 },
        },
      },
    });
    const [silent] = (await operation.promise()) as unknown as [{ model: string }];
    expect(await refusal(deploy(endpoint, silent.model, { "0": 100 }))).toMatchObject({
      code: 9,
      message: expect.stringContaining("never became ready"),
    });
    expect(await getEndpoint(endpoint)).toMatchObject({
      trafficSplit: { [good]: 100 },
      deployedModels: [{ id: good }],
    });
  });

  test("passes on what the model server refuses, and starts a replica again that has died", async () => {
    const endpoint = await newEndpoint();
    const id = await deploy(endpoint, await upload("mortal"), { "0": 100 }, 2);
    expect(await refusal(predict(endpoint, "bad"))).toMatchObject({
      code: 3,
      message: expect.stringContaining("bad instance"),
    });
    const replicas = async () =>
      (await getEndpoint(endpoint)).deployedModels?.find((deployed) => deployed.id === id)?.status
        ?.availableReplicaCount;
    expect(await replicas()).toBe(2);
    const pids = new Set(
      (await Promise.all(Array.from({ length: 4 }, () => predict(endpoint, "x")))).map(({ pid }) => pid),
    );
    expect(pids.size).toBe(2);
    expect((await refusal(predict(endpoint, "exit"))).code).toBe(14);
    expect((await predict(endpoint, "x")).name).toBe("mortal");
    expect(await until(replicas, (count) => count === 2)).toBe(2);
  });

  test("sends nothing to a replica that is unhealthy, and survives one that fails", async () => {
    const endpoint = await newEndpoint();
    const deployedModelId = await deploy(endpoint, await upload("pair"), { "0": 100 }, 2);
    const { admin } = server.vertex;
    const pids = async () =>
      new Set((await Promise.all(Array.from({ length: 6 }, () => predict(endpoint, "x")))).map(({ pid }) => pid));
    admin.setReplicaHealth({ endpoint, deployedModelId, index: 0 }, false);
    expect((await pids()).size).toBe(1);
    admin.setReplicaHealth({ endpoint, deployedModelId, index: 1 }, false);
    expect((await refusal(predict(endpoint, "x"))).code).toBe(14);
    admin.setReplicaHealth({ endpoint, deployedModelId, index: 0 }, true);
    admin.setReplicaHealth({ endpoint, deployedModelId, index: 1 }, true);
    const before = await pids();
    expect(before.size).toBe(2);
    await admin.failReplica({ endpoint, deployedModelId, index: 0 });
    const after = await until(
      () => pids().catch(() => before),
      (now) => now.size === 2 && [...now].some((pid) => !before.has(pid)),
    );
    expect([...after].filter((pid) => before.has(pid))).toHaveLength(1);
  });

  test("answers 500 for a model whose replicas are made to break, but comes up", async () => {
    server.vertex.admin.faults.breakReplicas(1);
    const endpoint = await newEndpoint();
    const broken = await deploy(endpoint, await upload("broken"), { "0": 100 });
    expect((await refusal(predict(endpoint, "x"))).code).toBe(13);
    await deploy(endpoint, await upload("whole"), { "0": 100, [broken]: 0 });
    expect((await predict(endpoint, "x")).name).toBe("whole");
  });

  test("comes up again with a restarted server", async () => {
    const endpoint = await newEndpoint();
    const id = await deploy(endpoint, await upload("durable"), { "0": 100 });
    const { pid } = await predict(endpoint, "x");
    await disconnect();
    server = await server.restart();
    connect();
    expect(isAlive(pid)).toBe(false);
    const answer = await until(
      () => predict(endpoint, "x").catch((error: { code: number }) => ({ error: error.code, name: "" })),
      ({ name }) => name !== "",
    );
    expect(answer).toMatchObject({ name: "durable", deployedModelId: id });
  });
});

describe("the registry", () => {
  test("keeps versions, and aliases that name one version each", async () => {
    const first = await upload("versioned", { modelId: "versioned" });
    expect(first).toBe(`${parent}/models/versioned@1`);
    const name = `${parent}/models/versioned`;
    await upload("second", { parentModel: name });
    const get = async (of: string) => (await models.getModel({ name: of }))[0];
    expect(await get(name)).toMatchObject({ versionId: "1", versionAliases: ["default"], displayName: "versioned" });
    await models.mergeVersionAliases({ name: `${name}@2`, versionAliases: ["champion", "default"] });
    expect((await get(`${name}@champion`)).versionId).toBe("2");
    expect((await get(name)).versionId).toBe("2");
    expect((await get(`${name}@1`)).versionAliases).toEqual([]);
    await models.mergeVersionAliases({ name: `${name}@1`, versionAliases: ["champion"] });
    expect((await get(`${name}@2`)).versionAliases).toEqual(["default"]);
    const [versions] = await models.listModelVersions({ name });
    expect(versions.map(({ versionId }) => versionId)).toEqual(["1", "2"]);
    expect((await refusal(models.mergeVersionAliases({ name: `${name}@2`, versionAliases: ["-default"] }))).code).toBe(
      3,
    );
    expect((await refusal(models.deleteModelVersion({ name: `${name}@2` }))).code).toBe(9);
    await (await models.deleteModelVersion({ name: `${name}@1` }))[0].promise();
    expect((await refusal(get(`${name}@champion`))).code).toBe(5);
    expect((await refusal(upload("again", { modelId: "versioned" }))).code).toBe(6);
    expect(await upload("third", { parentModel: name })).toBe(`${name}@3`);
  });

  test("updates, lists, and doesn't delete what is deployed", async () => {
    const version = await upload("labelled");
    const [name = ""] = version.split("@");
    await models.updateModel({ model: { name, labels: { run: "r1" } }, updateMask: { paths: ["labels"] } });
    const [found] = await models.listModels({ parent, filter: "labels.run=r1" });
    expect(found.map((one) => one.name)).toEqual([name]);
    expect(
      (
        await refusal(
          models.updateModel({ model: { name, artifactUri: "gs://x/y" }, updateMask: { paths: ["artifact_uri"] } }),
        )
      ).code,
    ).toBe(3);
    const endpoint = await newEndpoint();
    const id = await deploy(endpoint, version);
    expect((await models.getModel({ name }))[0].deployedModels).toEqual([
      expect.objectContaining({ endpoint, deployedModelId: id }),
    ]);
    expect(await refusal(models.deleteModel({ name }))).toMatchObject({
      code: 9,
      message: expect.stringContaining(endpoint),
    });
    await (await endpoints.undeployModel({ endpoint, deployedModelId: id }))[0].promise();
    await (await models.deleteModel({ name }))[0].promise();
    expect((await refusal(models.getModel({ name }))).code).toBe(5);
  });

  test("refuses nonsense with every problem", async () => {
    const { code, message } = await refusal(
      models.uploadModel({
        parent,
        model: { displayName: "", artifactUri: "/tmp/x", containerSpec: { imageUri: "" } },
      }),
    );
    expect(code).toBe(3);
    expect(message).toContain("display_name");
    expect(message).toContain("artifact_uri");
    expect(message).toContain("image_uri");
    const endpoint = await newEndpoint();
    const version = await upload("somewhere");
    const on = (machineType: string) =>
      endpoints.deployModel({
        endpoint,
        deployedModel: { model: version, dedicatedResources: { machineSpec: { machineType }, minReplicaCount: 1 } },
      });
    expect(await refusal(on("huge-standard-4"))).toMatchObject({
      code: 3,
      message: expect.stringContaining("huge-standard-4"),
    });
  });
});
