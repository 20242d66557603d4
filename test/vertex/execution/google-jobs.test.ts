import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeImage, type TestVertex, testVertex } from "../../../local/vertex/testing/harness.ts";
import { outputOf, Pipelines, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import type { JsonObject } from "../../../local/vertex/wire/json.ts";
import { modelBatchPredictOp } from "../../../specs/gcpc/generated/v1/batch_predict_job.ts";
import { hyperparameterTuningJobRunOp } from "../../../specs/gcpc/generated/v1/hyperparameter_tuning_job.ts";
import { artifactType, compile, importer, pipeline } from "../../../specs/index.ts";

/** Google's components of jobs, as the Python package defines them, against local Vertex. */

let server: TestVertex;
let pipelines: Pipelines;
let jobs: JobServiceClient;

beforeAll(async () => {
  server = await testVertex();
  pipelines = new Pipelines(server);
  jobs = new JobServiceClient(server.client);
});
afterAll(async () => {
  await Promise.all([pipelines.client.close(), jobs.close()]);
  await server.close();
});

const run = (definition: Parameters<typeof compile>[0]) =>
  pipelines.run(compile(definition).spec as unknown as JsonObject, {}, 30);
const resourceOf = (job: Awaited<ReturnType<typeof run>>, task: string): { resourceType: string; name: string } => {
  const [found] = JSON.parse(String(outputOf(job, task, "gcp_resources"))).resources;
  return { resourceType: found.resourceType, name: found.resourceUri.split("/v1/")[1] };
};

const answerer = `require('http').createServer((request, response) => {
    if (request.url === '/health') return response.end();
    let text = '';
    request.on('data', (part) => { text += part; }).on('end', () => {
      response.end(JSON.stringify({ predictions: JSON.parse(text).instances.map((instance) => instance.length) }));
    });
  }).listen(Number(process.env.AIP_HTTP_PORT), '127.0.0.1');`;

test("ModelBatchPredictOp predicts a bucket's instances with a model that is in no registry", async () => {
  mkdirSync(server.bucket("bucket"), { recursive: true });
  writeFileSync(join(server.bucket("bucket"), "words.jsonl"), '"two"\n"three"\n');
  const job = await run(
    pipeline("batch", {}, () => {
      const model = importer(artifactType("google.UnmanagedContainerModel"), {
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
      modelBatchPredictOp({
        job_display_name: "words",
        unmanaged_container_model: model,
        gcs_source_uris: ["gs://bucket/words.jsonl"],
        gcs_destination_output_uri_prefix: "gs://bucket/out",
        machine_type: "n1-standard-2",
        starting_replica_count: 1,
      });
    }),
  );
  expect(job.error).toBeNull();
  expect(resourceOf(job, "model-batch-predict").resourceType).toBe("BatchPredictionJob");
  const outputs = taskOf(job, "model-batch-predict").outputs ?? {};
  const uri = outputs["gcs_output_directory"]?.artifacts?.[0]?.uri ?? "";
  const folder = uri.replace("gs://bucket", server.bucket("bucket"));
  const lines = readFileSync(join(folder, "prediction.results-00000-of-00001"), "utf8").trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { instance: "two", prediction: 3 },
    { instance: "three", prediction: 5 },
  ]);
});

const trainer = `
  const { mkdirSync, writeFileSync } = require('fs');
  const file = process.env.CLOUD_ML_HP_METRIC_FILE;
  const [, units] = process.argv.at(-1).split('=');
  mkdirSync(require('path').dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ timestamp: Date.now() / 1000, loss: units, global_step: '1' }) + '\\n');`;

test("hyperparameter_tuning_job runs its trials", async () => {
  const job = await run(
    pipeline("tuning", {}, () => {
      hyperparameterTuningJobRunOp({
        display_name: "units",
        base_output_directory: "gs://bucket/tuning",
        worker_pool_specs: [
          {
            machine_spec: { machine_type: "n1-standard-4" },
            replica_count: 1,
            container_spec: { image_uri: nodeImage.name, command: ["node", "-e", trainer, "--"] },
          },
        ],
        // Numbers of enums, as the package's serialize_metrics and serialize_parameters give them.
        study_spec_metrics: [{ metric_id: "loss", goal: 2 }],
        study_spec_parameters: [{ parameter_id: "units", discrete_value_spec: { values: [4, 8] }, scale_type: 1 }],
        study_spec_algorithm: "GRID_SEARCH",
        max_trial_count: 2,
        parallel_trial_count: 2,
      });
    }),
  );
  expect(job.error).toBeNull();
  const { resourceType, name } = resourceOf(job, "hyperparameter-tuning-job");
  expect(resourceType).toBe("HyperparameterTuningJob");
  const [tuning] = await jobs.getHyperparameterTuningJob({ name });
  expect(tuning.trials?.map(({ finalMeasurement }) => finalMeasurement?.metrics)).toEqual(
    [4, 8].map((value) => [{ metricId: "loss", value }]),
  );
});
