import { helpers, type protos, v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeImage, parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";

let server: TestVertex;
let client: v1.PipelineServiceClient;
beforeAll(async () => {
  server = await testVertex();
  server.bucket("bucket");
  client = new v1.PipelineServiceClient(server.client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const definition = "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml";
const value = (json: object) => helpers.toValue(json) as protos.google.protobuf.IValue;

/** In snake case, as Google's Python client writes it. */
const inputs = (script: string) =>
  value({
    worker_pool_specs: [
      {
        machine_spec: { machine_type: "n1-standard-4" },
        replica_count: 1,
        container_spec: { image_uri: nodeImage.name, command: ["node", "-e"], args: [script] },
      },
    ],
    base_output_directory: { output_uri_prefix: "gs://bucket/out" },
    scheduling: { timeout: "600s" },
  });

async function create(script: string, more: object = {}): Promise<string> {
  const [{ name }] = await client.createTrainingPipeline({
    parent,
    trainingPipeline: {
      displayName: "train",
      trainingTaskDefinition: definition,
      trainingTaskInputs: inputs(script),
      ...more,
    },
  });
  return name ?? "";
}

const ended = (name: string) =>
  until(
    async () => (await client.getTrainingPipeline({ name }))[0],
    ({ state }) => /SUCCEEDED|FAILED|CANCELLED/.test(String(state)),
    20,
  );

test("own code trains in a CustomJob, and what it wrote is uploaded as a model", async () => {
  const script = `require("node:fs").writeFileSync("/dev/stdout", process.env.AIP_MODEL_DIR)`;
  const name = await create(script, {
    modelToUpload: { displayName: "trained", containerSpec: { imageUri: nodeImage.name }, versionAliases: ["new"] },
  });
  const done = await ended(name);
  expect(done).toMatchObject({ state: "PIPELINE_STATE_SUCCEEDED", modelToUpload: { versionId: "1" } });
  const job = done.trainingTaskMetadata?.structValue?.fields?.["backingCustomJob"]?.stringValue ?? "";
  const jobs = new v1.JobServiceClient(server.client);
  expect((await jobs.getCustomJob({ name: job }))[0]).toMatchObject({ state: "JOB_STATE_SUCCEEDED" });
  const models = new v1.ModelServiceClient(server.client);
  expect((await models.getModel({ name: `${done.modelToUpload?.name}@new` }))[0]).toMatchObject({
    displayName: "trained",
    artifactUri: "gs://bucket/out/model",
  });
  const [listed] = await client.listTrainingPipelines({ parent, filter: 'state="PIPELINE_STATE_SUCCEEDED"' });
  expect(listed.map((one) => one.name)).toEqual([name]);
  const [deleting] = await client.deleteTrainingPipeline({ name });
  await deleting.promise();
  expect(await refusal(client.getTrainingPipeline({ name }))).toMatchObject({ code: 5 });
  await Promise.all([jobs.close(), models.close()]);
});

test("a training that fails fails its pipeline, and a cancelled one takes its job with it", async () => {
  const failed = await ended(await create("process.exit(3)", { modelToUpload: { displayName: "x" } }));
  expect(failed).toMatchObject({ state: "PIPELINE_STATE_FAILED", error: { code: 13 } });
  expect(failed.modelToUpload?.name).toBe("");
  const name = await create("setTimeout(() => {}, 600_000)");
  await until(
    async () => (await client.getTrainingPipeline({ name }))[0],
    ({ trainingTaskMetadata }) => !!trainingTaskMetadata,
  );
  await client.cancelTrainingPipeline({ name });
  expect(await ended(name)).toMatchObject({ state: "PIPELINE_STATE_CANCELLED" });
});

test("AutoML, managed datasets and what is no CustomJobSpec are refused", async () => {
  const automl = { trainingTaskDefinition: definition.replace("custom_task", "automl_tabular") };
  expect(await refusal(create("", automl))).toMatchObject({ code: 12 });
  expect(await refusal(create("", { inputDataConfig: { datasetId: "1" } }))).toMatchObject({ code: 12 });
  const wrong = { trainingTaskInputs: value({ worker_pool_specs: "many" }) };
  expect(await refusal(create("", wrong))).toMatchObject({ code: 3 });
});
