import { helpers, v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parent, type TestVertex, testVertex } from "../testing/harness.ts";

let server: TestVertex;
let client: v1.ModelServiceClient;
beforeAll(async () => {
  server = await testVertex();
  client = new v1.ModelServiceClient(server.client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const containerSpec = { imageUri: "example.com/node" };
const metricsSchemaUri = "gs://google-cloud-aiplatform/schema/modelevaluation/classification_metrics_1.0.0.yaml";
const evaluation = (accuracy: number) => ({
  displayName: `accuracy ${accuracy}`,
  metricsSchemaUri,
  metrics: helpers.toValue({ accuracy }) as object,
});

test("evaluations and their slices are of one version", async () => {
  const [first] = await client.uploadModel({ parent, model: { displayName: "m", containerSpec } });
  const [{ model = "" }] = await first.promise();
  const [second] = await client.uploadModel({
    parent,
    parentModel: model ?? "",
    model: { displayName: "m", containerSpec },
  });
  await second.promise();
  const [imported] = await client.importModelEvaluation({ parent: `${model}@2`, modelEvaluation: evaluation(0.9) });
  const name = imported.name ?? "";
  expect(name).toMatch(new RegExp(`^${model}/evaluations/\\d+$`));
  expect((await client.listModelEvaluations({ parent: `${model}@1` }))[0]).toEqual([]);
  await client.importModelEvaluation({ parent: `${model}@2`, modelEvaluation: evaluation(0.8) });
  const [listed] = await client.listModelEvaluations({ parent: `${model}@2`, filter: 'display_name="accuracy 0.9"' });
  expect(listed).toMatchObject([{ name, metricsSchemaUri }]);
  const [got] = await client.getModelEvaluation({ name });
  expect(got.metrics).toMatchObject({ structValue: { fields: { accuracy: { numberValue: 0.9 } } } });

  const slice = {
    slice: { dimension: "annotationSpec", value: "cat" },
    metricsSchemaUri,
    metrics: helpers.toValue({}) as object,
  };
  const [slices] = await client.batchImportModelEvaluationSlices({ parent: name, modelEvaluationSlices: [slice] });
  const [names] = [slices.importedModelEvaluationSlices ?? []];
  expect((await client.getModelEvaluationSlice({ name: names[0] ?? "" }))[0].slice).toMatchObject({ value: "cat" });
  const [found] = await client.listModelEvaluationSlices({ parent: name, filter: "slice.dimension=annotationSpec" });
  expect(found.map((one) => one.name)).toEqual(names);
});

test("one without metrics is refused", async () => {
  const [uploading] = await client.uploadModel({ parent, model: { displayName: "m", containerSpec } });
  const [{ model }] = await uploading.promise();
  await expect(client.importModelEvaluation({ parent: model ?? "", modelEvaluation: {} })).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining("metrics_schema_uri"),
  });
});
