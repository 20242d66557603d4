import { v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenClock } from "../../clock.ts";
import { filesOf, isAlive, parent, type TestVertex, testVertex, until } from "../testing/harness.ts";

let clock: DrivenClock;
let server: TestVertex;
let endpoints: v1.EndpointServiceClient;
let model: string;
beforeAll(async () => {
  clock = new DrivenClock();
  server = await testVertex({}, clock);
  endpoints = new v1.EndpointServiceClient(server.client);
  const models = new v1.ModelServiceClient(server.client);
  const containerSpec = { imageUri: "example.com/node", command: ["node", "-e"], args: ["setInterval(() => 0, 1e6)"] };
  const [uploading] = await models.uploadModel({ parent, model: { displayName: "never ready", containerSpec } });
  const [uploaded] = await uploading.promise();
  model = uploaded.model ?? "";
  await models.close();
});
afterAll(async () => {
  await endpoints.close();
  await server.close();
});

const newEndpoint = async () => {
  const [creating] = await endpoints.createEndpoint({ parent, endpoint: { displayName: "e" } });
  const [{ name }] = (await creating.promise()) as unknown as [{ name: string }];
  return name;
};
const deploy = async (endpoint: string) => {
  const deployedModel = {
    model,
    dedicatedResources: { machineSpec: { machineType: "n1-standard-4" }, minReplicaCount: 1 },
  };
  const [operation] = await endpoints.deployModel({ endpoint, deployedModel, trafficSplit: { "0": 100 } });
  return operation.name ?? "";
};
const rest = async (verb: string, path: string) => {
  const response = await fetch(`http://${server.vertex.address}/v1/${path}`, { method: verb });
  return (await response.json()) as {
    readonly done?: boolean;
    readonly error?: object;
    readonly operations?: { name: string }[];
  };
};
const processOf = (endpoint: string) => {
  const folder = `${server.folder}/vertex/endpoints/test-project/us-central1/${endpoint.split("/").at(-1)}`;
  const [pid] = Object.entries(filesOf(folder)).flatMap(([file, text]) =>
    file.endsWith("/pid") ? [Number(text)] : [],
  );
  return pid;
};

test("cancelling a deployment ends its processes and leaves nothing deployed", async () => {
  const endpoint = await newEndpoint();
  const operation = await deploy(endpoint);
  const pid = await until(
    () => {
      try {
        return processOf(endpoint);
      } catch {
        return undefined;
      }
    },
    (found) => found !== undefined,
  );
  expect(await rest("GET", operation)).not.toHaveProperty("done");
  await rest("POST", `${operation}:cancel`);
  const ended = await until(
    () => rest("GET", operation),
    ({ done }) => done === true,
  );
  expect(ended.error).toMatchObject({ code: 1 });
  expect(isAlive(pid ?? 0)).toBe(false);
  const [{ deployedModels }] = await endpoints.getEndpoint({ name: endpoint });
  expect(deployedModels).toEqual([]);
  const [deleting] = await endpoints.deleteEndpoint({ name: endpoint });
  await deleting.promise();
});

test("waiting lasts as long as asked for, or until the end", async () => {
  const endpoint = await newEndpoint();
  const operation = await deploy(endpoint);
  const wait = (timeout: string) => rest("POST", `${operation}:wait?timeout=${timeout}`);
  const short = wait("5s");
  await until(
    () => clock.pending,
    (pending) => pending >= 2,
  );
  await clock.advance(5_000);
  expect(await short).not.toHaveProperty("done");
  const long = wait("60s");
  await until(
    () => clock.pending,
    (pending) => pending >= 2,
  );
  await rest("POST", `${operation}:cancel`);
  expect(await long).toMatchObject({ done: true });
});

test("operations are listed by resource and state, page by page, and deleted", async () => {
  const endpoint = await newEndpoint();
  const operation = await deploy(endpoint);
  expect((await rest("GET", `${endpoint}/operations?filter=done=false`)).operations).toMatchObject([
    { name: operation },
  ]);
  const first = (await rest("GET", `${endpoint}/operations?pageSize=1`)) as {
    operations: object[];
    nextPageToken: string;
  };
  expect(first.operations).toHaveLength(1);
  const second = await rest("GET", `${endpoint}/operations?pageSize=1&pageToken=${first.nextPageToken}`);
  expect(second.operations).toHaveLength(1);
  expect(second.operations).not.toEqual(first.operations);
  expect((await rest("GET", `${parent}/operations`)).operations?.length).toBeGreaterThan(2);
  await rest("POST", `${operation}:cancel`);
  await until(
    () => rest("GET", operation),
    ({ done }) => done === true,
  );
  await rest("DELETE", operation);
  expect(await rest("GET", operation)).toMatchObject({ error: { code: 404 } });
});
