import { EndpointServiceClient } from "@google-cloud/aiplatform/build/src/v1/endpoint_service_client.js";
import { ModelServiceClient } from "@google-cloud/aiplatform/build/src/v1/model_service_client.js";
import { PredictionServiceClient } from "@google-cloud/aiplatform/build/src/v1/prediction_service_client.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  nodeImage,
  parent,
  refusal,
  type TestVertex,
  testVertex,
  until,
} from "../../../local/vertex/testing/harness.ts";
import { outputOf, Pipelines, statesOf, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import type { JsonObject } from "../../../local/vertex/wire/json.ts";
import {
  endpointCreateOp,
  endpointDeleteOp,
  modelDeployOp,
  modelUndeployOp,
} from "../../../specs/gcpc/generated/v1/endpoint.ts";
import { modelDeleteOp, modelGetOp, modelUploadOp } from "../../../specs/gcpc/generated/v1/model.ts";
import { artifactType, compile, importer, pipeline } from "../../../specs/index.ts";

/** Google's own components, as the Python package defines them, against local Vertex. */

let server: TestVertex;
let pipelines: Pipelines;
let models: ModelServiceClient;
let endpoints: EndpointServiceClient;
let prediction: PredictionServiceClient;

beforeAll(async () => {
  server = await testVertex();
  pipelines = new Pipelines(server);
  models = new ModelServiceClient(server.client);
  endpoints = new EndpointServiceClient(server.client);
  prediction = new PredictionServiceClient(server.client);
});
afterAll(async () => {
  await Promise.all([pipelines.client.close(), models.close(), endpoints.close(), prediction.close()]);
  await server.close();
});

const run = (definition: Parameters<typeof compile>[0]) =>
  pipelines.run(compile(definition).spec as unknown as JsonObject, {}, 30);

const answerer = `require('http').createServer((request, response) => {
    if (request.url === '/health') return response.end();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ predictions: [process.env.AIP_STORAGE_URI] }));
  }).listen(Number(process.env.AIP_HTTP_PORT), '127.0.0.1');`;

const model = () =>
  importer(artifactType("google.UnmanagedContainerModel"), {
    uri: "gs://bucket/weights",
    metadata: {
      containerSpec: {
        imageUri: nodeImage.name,
        command: ["node", "-e", answerer],
        healthRoute: "/health",
        predictRoute: "/predict",
      },
    },
  });
const at = (resourceName: string) => ({
  uri: `https://us-central1-aiplatform.googleapis.com/v1/${resourceName}`,
  metadata: { resourceName },
});
const existingModel = (name: string) => importer(artifactType("google.VertexModel"), at(name));
const existingEndpoint = (name: string) => importer(artifactType("google.VertexEndpoint"), at(name));

test("a model is uploaded, deployed, serves, and is taken away again", async () => {
  const promoted = await run(
    pipeline("promote", {}, () => {
      const endpoint = endpointCreateOp({ display_name: "champion", labels: { team: "sorting" } });
      const uploaded = modelUploadOp({
        display_name: "sorter",
        description: "sorts packages",
        unmanaged_container_model: model(),
        version_aliases: ["candidate"],
      });
      modelDeployOp({
        model: uploaded.model,
        endpoint: endpoint.endpoint,
        dedicated_resources_machine_type: "n1-standard-4",
        dedicated_resources_min_replica_count: 1,
        dedicated_resources_max_replica_count: 1,
        traffic_split: { 0: 100 },
      });
    }),
  );
  expect(promoted.error).toBeNull();
  const resourceOf = (task: string, key: string) =>
    taskOf(promoted, task).outputs?.[key]?.artifacts?.[0]?.metadata?.fields?.["resourceName"]?.stringValue ?? "";
  const endpoint = resourceOf("endpoint-create", "endpoint");
  const version = resourceOf("model-upload", "model");
  expect(endpoint).toMatch(/^projects\/test-project\/locations\/us-central1\/endpoints\/\d+$/);
  expect(version).toMatch(/^projects\/test-project\/locations\/us-central1\/models\/\d+@1$/);
  const { resources } = JSON.parse(String(outputOf(promoted, "model-deploy", "gcp_resources")));
  expect(resources).toEqual([
    {
      resourceType: "VertexLro",
      resourceUri: expect.stringMatching(
        /^https:\/\/us-central1-aiplatform\.googleapis\.com\/v1\/projects\/.*\/operations\/\d+$/,
      ),
    },
  ]);
  const [found] = await models.getModel({ name: version });
  expect(found).toMatchObject({
    displayName: "sorter",
    description: "sorts packages",
    artifactUri: "gs://bucket/weights",
  });
  expect(found.versionAliases).toEqual(expect.arrayContaining(["default", "candidate"]));
  expect((await endpoints.getEndpoint({ name: endpoint }))[0].labels).toEqual({ team: "sorting" });
  const [{ predictions }] = await prediction.predict({ endpoint, instances: [{ numberValue: 1 }] as never });
  expect(predictions?.[0]?.stringValue).toBe("gs://bucket/weights");

  const again = await run(
    pipeline("again", {}, () => {
      const next = modelUploadOp({
        display_name: "sorter",
        unmanaged_container_model: model(),
        parent_model: existingModel(version),
      });
      modelGetOp({ model_name: version.split(/[/@]/).at(-2) ?? "" }).after(next);
    }),
  );
  expect(again.error).toBeNull();
  expect(
    taskOf(again, "model-upload").outputs?.["model"]?.artifacts?.[0]?.metadata?.fields?.["resourceName"],
  ).toMatchObject({ stringValue: `${version.split("@")[0]}@2` });

  const retired = await run(
    pipeline("retire", {}, () => {
      const there = existingEndpoint(endpoint);
      const old = existingModel(version);
      const undeployed = modelUndeployOp({ model: old, endpoint: there });
      const deleted = endpointDeleteOp({ endpoint: there }).after(undeployed);
      modelDeleteOp({ model: old }).after(deleted);
    }),
  );
  expect(statesOf(retired)).toMatchObject({
    "model-undeploy": "SUCCEEDED",
    "endpoint-delete": "SUCCEEDED",
    "model-delete": "SUCCEEDED",
  });
  expect((await refusal(endpoints.getEndpoint({ name: endpoint }))).code).toBe(5);
  expect((await refusal(models.getModel({ name: version }))).code).toBe(5);
});

test("what the API refuses fails the task, in the API's words", async () => {
  const job = await run(
    pipeline("nowhere", {}, () => {
      modelDeployOp({
        model: existingModel(`${parent}/models/404`),
        endpoint: existingEndpoint(`${parent}/endpoints/404`),
        dedicated_resources_machine_type: "n1-standard-4",
        dedicated_resources_min_replica_count: 1,
      });
    }),
  );
  expect(taskOf(job, "model-deploy").error).toMatchObject({
    code: 5,
    message: expect.stringContaining("endpoints/404"),
  });
});

test("a deployment is cancelled with its pipeline, and leaves nothing behind", async () => {
  const stuck = pipeline("stuck", {}, () => {
    const unhealthy = importer(artifactType("google.UnmanagedContainerModel"), {
      uri: "gs://bucket/weights",
      metadata: {
        containerSpec: {
          imageUri: nodeImage.name,
          command: ["node", "-e", "setInterval(() => {}, 1000)"],
          healthRoute: "/health",
        },
      },
    });
    const endpoint = endpointCreateOp({ display_name: "stuck" });
    modelDeployOp({
      model: modelUploadOp({ display_name: "stuck", unmanaged_container_model: unhealthy }).model,
      endpoint: endpoint.endpoint,
      dedicated_resources_machine_type: "n1-standard-4",
      dedicated_resources_min_replica_count: 1,
    });
  });
  const name = await pipelines.submit(compile(stuck).spec as unknown as JsonObject);
  await until(
    async () => statesOf(await pipelines.get(name))["model-deploy"],
    (state) => state === "RUNNING",
  );
  await pipelines.client.cancelPipelineJob({ name });
  const job = await pipelines.ended(name, 30);
  expect(statesOf(job)).toMatchObject({ "endpoint-create": "SUCCEEDED", "model-deploy": "CANCELLED" });
  const endpoint = taskOf(job, "endpoint-create").outputs?.["endpoint"]?.artifacts?.[0]?.metadata?.fields;
  const [found] = await endpoints.getEndpoint({ name: endpoint?.["resourceName"]?.stringValue ?? "" });
  expect(found.deployedModels).toEqual([]);
});
