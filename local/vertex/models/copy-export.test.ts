import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { v1, v1beta1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesOf, nodeImage, parent, refusal, type TestVertex, testVertex } from "../testing/harness.ts";

let server: TestVertex;
let client: v1.ModelServiceClient;
let source: string;
beforeAll(async () => {
  server = await testVertex();
  client = new v1.ModelServiceClient(server.client);
  const artifacts = join(server.bucket("bucket"), "model/1");
  mkdirSync(join(artifacts, "variables"), { recursive: true });
  writeFileSync(join(artifacts, "model.json"), "{}");
  writeFileSync(join(artifacts, "variables/weights"), "1 2 3");
  source = await upload("gs://bucket/model/1");
});
afterAll(async () => {
  await client.close();
  await server.close();
});

async function upload(artifactUri?: string): Promise<string> {
  const checkpoints = [
    { checkpointId: "a", step: 10 },
    { checkpointId: "b", step: 20 },
  ];
  const [uploading] = await client.uploadModel({
    parent,
    model: {
      displayName: "source",
      labels: { a: "b" },
      versionAliases: ["best"],
      containerSpec: { imageUri: nodeImage.name },
      checkpoints,
      ...(artifactUri !== undefined && { artifactUri }),
    },
  });
  const [{ model }] = await uploading.promise();
  return model ?? "";
}

const elsewhere = "projects/test-project/locations/europe-west4";

test("a copy in another location remembers its source, and keeps its artifacts", async () => {
  const [copying] = await client.copyModel({ parent: elsewhere, sourceModel: `${source}@best`, modelId: "copied" });
  expect(copying.metadata).toHaveProperty("genericMetadata");
  const [response] = await copying.promise();
  expect(response).toEqual({ model: `${elsewhere}/models/copied`, modelVersionId: "1" });
  const [copy] = await client.getModel({ name: response.model ?? "" });
  expect(copy).toMatchObject({
    displayName: "source",
    labels: { a: "b" },
    artifactUri: "gs://bucket/model/1",
    versionAliases: ["default"],
    originalModelInfo: { model: source },
    modelSourceInfo: { sourceType: "CUSTOM", copy: true },
  });
  const [again] = await client.copyModel({ parent: elsewhere, sourceModel: source, parentModel: response.model ?? "" });
  expect((await again.promise())[0]).toEqual({ model: response.model, modelVersionId: "2" });
  const taken = client.copyModel({ parent: elsewhere, sourceModel: source, modelId: "copied" });
  expect(await refusal(taken)).toMatchObject({ code: 6 });
  const other = client.copyModel({ parent: "projects/other/locations/us-central1", sourceModel: source });
  expect(await refusal(other)).toMatchObject({ code: 3 });
});

test("an export writes the artifacts into a new folder, which the operation names", async () => {
  const [{ supportedExportFormats }] = await client.getModel({ name: source });
  expect(supportedExportFormats).toMatchObject([{ id: "custom-trained", exportableContents: ["ARTIFACT"] }]);
  const artifactDestination = { outputUriPrefix: "gs://bucket/exports/" };
  const [exporting] = await client.exportModel({ name: source, outputConfig: { artifactDestination } });
  await exporting.promise();
  const { outputInfo } = exporting.metadata as { outputInfo?: { artifactOutputUri?: string } };
  const uri = outputInfo?.artifactOutputUri ?? "";
  expect(uri).toMatch(/^gs:\/\/bucket\/exports\/model-export-source-\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  expect(filesOf(join(server.bucket("bucket"), uri.slice("gs://bucket/".length)))).toEqual({
    "model.json": "{}",
    "variables/weights": "1 2 3",
  });
});

test("what can't be exported is refused, with every problem", async () => {
  const outputConfig = { exportFormatId: "tf-js", imageDestination: { outputUri: "x" } };
  expect(await refusal(client.exportModel({ name: source, outputConfig }))).toMatchObject({
    code: 3,
    message: expect.stringMatching(/export_format_id.*image_destination.*output_uri_prefix/s),
  });
  const bare = await upload();
  const artifactDestination = { outputUriPrefix: "gs://bucket/exports" };
  const refused = client.exportModel({ name: bare, outputConfig: { artifactDestination } });
  expect(await refusal(refused)).toMatchObject({ code: 9 });
  const [failing] = await client.exportModel({
    name: await upload("gs://bucket/nothing"),
    outputConfig: { artifactDestination },
  });
  expect(await refusal(failing.promise())).toMatchObject({ code: 5 });
});

test("a version's checkpoints are listed page by page", async () => {
  const [first, , page] = await client.listModelVersionCheckpoints(
    { name: source, pageSize: 1 },
    { autoPaginate: false },
  );
  expect(first).toMatchObject([{ checkpointId: "a" }]);
  const [second] = await client.listModelVersionCheckpoints({ name: source, pageToken: page?.nextPageToken ?? "" });
  expect(second).toMatchObject([{ checkpointId: "b" }]);
});

test("by v1beta1, operation and response are messages of v1beta1, also when they are asked for later", async () => {
  const beta = new v1beta1.ModelServiceClient(server.client);
  const [copying] = await beta.copyModel({ parent: elsewhere, sourceModel: source });
  const { name = "" } = copying;
  expect((await copying.promise())[0]).toMatchObject({ modelVersionId: "1" });
  const asked = await fetch(`http://${server.vertex.address}/v1beta1/${name}`);
  expect(await asked.json()).toMatchObject({
    done: true,
    metadata: { "@type": expect.stringContaining(".v1beta1.CopyModelOperationMetadata") },
    response: { "@type": expect.stringContaining(".v1beta1.CopyModelResponse") },
  });
  expect((await beta.getModel({ name: source }))[0]).toMatchObject({ displayName: "source" });
  expect(await refusal(beta.recommendSpec({ parent, gcsUri: "gs://bucket/model/1" }))).toMatchObject({
    code: 12,
    message: expect.stringContaining("ModelService.RecommendSpec"),
  });
  await beta.close();
});
