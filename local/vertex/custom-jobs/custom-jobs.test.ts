import { readFileSync } from "node:fs";
import { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import { PipelineServiceClient } from "@google-cloud/aiplatform/build/src/v1/pipeline_service_client.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DrivenClock } from "../../clock.ts";
import { filesOf, nodeImage, parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { constant, pipelineSpec, text } from "../testing/specs.ts";
import { toStruct } from "../wire/json.ts";

let server: TestVertex;
let jobs: JobServiceClient;
let pipelines: PipelineServiceClient;

beforeAll(async () => {
  server = await testVertex();
  server.bucket("bucket");
  jobs = new JobServiceClient(server.client);
  pipelines = new PipelineServiceClient(server.client);
});
afterAll(async () => {
  await Promise.all([jobs.close(), pipelines.close()]);
  await server.close();
});

const pool = (program: string, args: readonly string[] = [], more: object = {}) => ({
  machineSpec: { machineType: "ct5lp-hightpu-4t", tpuTopology: "2x2" },
  replicaCount: 1,
  containerSpec: {
    imageUri: `${nodeImage.name}@sha256:abc`,
    command: ["node", "-e", program],
    args: [...args],
    ...more,
  },
});

async function create(jobSpec: object, on = jobs): Promise<string> {
  const [job] = await on.createCustomJob({ parent, customJob: { displayName: "test", jobSpec } });
  return job.name ?? "";
}
const get = async (name: string, on = jobs) => (await on.getCustomJob({ name }))[0];
const ended = (name: string) =>
  until(
    () => get(name),
    ({ endTime }) => endTime !== null,
  );
const files = () => filesOf(server.bucket("bucket"));

test("jobs of several replicas take all their places or none, in the order in which they came", {
  timeout: 30_000,
}, async () => {
  const few = await testVertex({ capacity: { processes: 3, cpus: null, memory: null } });
  const theirs = new JobServiceClient(few.client);
  const log = `${few.bucket("bucket")}/log`;
  // Begins only once all its replicas are there, as a program that trains with others.
  const program = `const fs = require('fs'), [job, size] = process.argv.slice(1);
    const line = (text) => fs.appendFileSync('/gcs/bucket/log', text + '\\n');
    line('begin ' + job);
    const look = setInterval(() => {
      const begun = fs.readFileSync('/gcs/bucket/log', 'utf8').split('\\n').filter((text) => text === 'begin ' + job);
      if (begun.length < Number(size)) return;
      clearInterval(look);
      setTimeout(() => line('end ' + job), 100);
    }, 20);`;
  const gang = (name: string, size: number) =>
    create(
      {
        workerPoolSpecs: [
          pool(program, [name, String(size)]),
          ...(size > 1 ? [{ ...pool(program, [name, String(size)]), replicaCount: size - 1 }] : []),
        ],
      },
      theirs,
    );
  try {
    const names = await Promise.all([gang("a", 2), gang("b", 2), gang("c", 5), gang("d", 1)]);
    for (const name of names) {
      const job = await until(
        () => get(name, theirs),
        ({ endTime }) => endTime !== null,
        20,
      );
      expect(job.state).toBe("JOB_STATE_SUCCEEDED");
    }
    const lines = readFileSync(log, "utf8").trim().split("\n");
    const order = lines.filter((line) => line.startsWith("begin")).map((line) => line.split(" ")[1]);
    // The last has room beside the first, yet waits for those before it; more replicas than there are places run alone.
    expect([...new Set(order)]).toEqual(["a", "b", "c", "d"]);
    expect(lines.indexOf("begin c")).toBeGreaterThan(lines.lastIndexOf("end b"));
    expect(lines.indexOf("begin d")).toBeGreaterThan(lines.indexOf("end c"));
  } finally {
    await theirs.close();
    await few.close();
  }
});

describe("a CustomJob", () => {
  test("runs on any machine of Vertex, with what Vertex tells it", async () => {
    const program = "require('fs').writeFileSync(process.argv[1], JSON.stringify(process.env))";
    const name = await create({
      workerPoolSpecs: [
        pool(program, ["/gcs/bucket/environment"], { env: [{ name: "MINE", value: "/gcs/bucket/x" }] }),
      ],
      baseOutputDirectory: { outputUriPrefix: "gs://bucket/out" },
    });
    const job = await ended(name);
    expect(job.state).toBe("JOB_STATE_SUCCEEDED");
    const environment = JSON.parse(files()["environment"] ?? "{}");
    expect(environment).toMatchObject({
      CLOUD_ML_JOB_ID: name.split("/").at(-1),
      CLOUD_ML_PROJECT_ID: "test-project",
      AIP_MODEL_DIR: "gs://bucket/out/model/",
      AIP_CHECKPOINT_DIR: "gs://bucket/out/checkpoints/",
      MINE: expect.stringMatching(/^\/gcs\/bucket\/x$|storage\/bucket\/x$/),
    });
    expect(JSON.parse(environment.CLUSTER_SPEC)).toMatchObject({
      cluster: { workerpool0: [expect.stringMatching(/^localhost:\d+$/)] },
      task: { type: "workerpool0", index: 0 },
    });
    // Nothing of the server's own environment.
    expect(environment.VITEST).toBeUndefined();
    const [listed] = await jobs.listCustomJobs({
      parent,
      filter: 'state="JOB_STATE_SUCCEEDED" AND display_name="test"',
    });
    expect(listed.map((one) => one.name)).toContain(name);
  });

  test("refuses a machine that isn't, with every other problem", async () => {
    const { code, message } = await refusal(
      create({ workerPoolSpecs: [{ ...pool(""), replicaCount: 2, machineSpec: { machineType: "ct5lp-hightpu-5t" } }] }),
    );
    expect(code).toBe(3);
    expect(message).toContain("ct5lp-hightpu-5t");
    expect(message).toContain("exactly one replica");
  });

  test("fails with the end of its log, and is cancelled", async () => {
    const failed = await ended(
      await create({ workerPoolSpecs: [pool("console.error('loss is NaN'); process.exit(2)")] }),
    );
    expect(failed.state).toBe("JOB_STATE_FAILED");
    expect(failed.error?.message).toContain("The replica workerpool0-0 exited with a non-zero status of 2.");
    expect(failed.error?.message).toContain("loss is NaN");
    const name = await create({ workerPoolSpecs: [pool("setInterval(() => {}, 1000)")] });
    await until(
      () => get(name),
      ({ state }) => state === "JOB_STATE_RUNNING",
    );
    await jobs.cancelCustomJob({ name });
    expect((await ended(name)).state).toBe("JOB_STATE_CANCELLED");
  });

  test("is preempted, and resumes from what it has written", async () => {
    // Appends a line at each start; ends well at the second.
    const program =
      "const fs = require('fs'); fs.appendFileSync(process.argv[1], 'start\\n'); if (fs.readFileSync(process.argv[1], 'utf8') === 'start\\n') setInterval(() => {}, 1000)";
    const name = await create({ workerPoolSpecs: [pool(program, ["/gcs/bucket/starts"])] });
    await until(files, (found) => found["starts"] === "start\n");
    await server.vertex.admin.preempt(name);
    expect((await ended(name)).state).toBe("JOB_STATE_SUCCEEDED");
    expect(files()["starts"]).toBe("start\nstart\n");
  });

  test("is stocked out in Vertex's words", async () => {
    server.vertex.admin.faults.stockOut(1);
    const job = await ended(await create({ workerPoolSpecs: [pool("")] }));
    expect(job).toMatchObject({
      state: "JOB_STATE_FAILED",
      error: { code: 8, message: expect.stringContaining("Resources are insufficient in region: us-central1") },
    });
    expect((await ended(await create({ workerPoolSpecs: [pool("")] }))).state).toBe("JOB_STATE_SUCCEEDED");
  });

  test("runs out of time by the server's clock", async () => {
    const clock = new DrivenClock();
    const driven = await testVertex({}, clock);
    const client = new JobServiceClient(driven.client);
    try {
      const name = await create(
        { workerPoolSpecs: [pool("setInterval(() => {}, 1000)")], scheduling: { timeout: { seconds: 3600 } } },
        client,
      );
      await until(
        () => get(name, client),
        ({ state }) => state === "JOB_STATE_RUNNING",
      );
      await clock.advance(3_599_000);
      expect((await get(name, client)).state).toBe("JOB_STATE_RUNNING");
      await clock.advance(1_000);
      const job = await until(
        () => get(name, client),
        ({ endTime }) => endTime !== null,
      );
      expect(job).toMatchObject({ state: "JOB_STATE_FAILED", error: { code: 4 } });
    } finally {
      await client.close();
      await driven.close();
    }
  });
});

describe("Google's CustomTrainingJob component", () => {
  const component = {
    executorLabel: "exec-train",
    inputDefinitions: {
      parameters: {
        display_name: text,
        epochs: { parameterType: "NUMBER_INTEGER" },
        worker_pool_specs: { parameterType: "LIST", isOptional: true, defaultValue: [] },
        timeout: { ...text, isOptional: true, defaultValue: "604800s" },
        labels: { parameterType: "STRUCT", isOptional: true, defaultValue: {} },
        base_output_directory: { ...text, isOptional: true, defaultValue: "" },
        persistent_resource_id: { ...text, isOptional: true, defaultValue: "{{$.pipeline_persistent_resource_id}}" },
        project: { ...text, isOptional: true, defaultValue: "{{$.pipeline_google_cloud_project_id}}" },
        location: { ...text, isOptional: true, defaultValue: "{{$.pipeline_google_cloud_location}}" },
      },
    },
    outputDefinitions: {
      parameters: { gcp_resources: text },
      artifacts: { model: { artifactType: { schemaTitle: "system.Model", schemaVersion: "0.0.1" } } },
    },
  };
  const p = (name: string) => `{{$.inputs.parameters['${name}']}}`;
  const executor = {
    container: {
      image: "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.22.0",
      command: ["python3", "-u", "-m", "google_cloud_pipeline_components.container.v1.custom_job.launcher"],
      args: [
        "--type",
        "CustomJob",
        "--payload",
        `{"display_name": "${p("display_name")}", "job_spec": {"worker_pool_specs": ${p("worker_pool_specs")}, "scheduling": {"timeout": "${p("timeout")}"}, "base_output_directory": {"output_uri_prefix": "${p("base_output_directory")}"}, "persistent_resource_id": "${p("persistent_resource_id")}"}, "labels": ${p("labels")}}`,
        "--project",
        p("project"),
        "--location",
        p("location"),
        "--gcp_resources",
        "{{$.outputs.parameters['gcp_resources'].output_file}}",
      ],
    },
  };
  // Writes a model, and, from the executor's input, its metadata.
  const trainer = `const fs = require('fs'); const [, epochs, model, input] = process.argv; const { outputs } = JSON.parse(input);
    fs.mkdirSync(model, { recursive: true }); fs.writeFileSync(model + '/weights', 'after ' + epochs);
    fs.writeFileSync(outputs.outputFile, JSON.stringify({ artifacts: { model: { artifacts: [{ metadata: { epochs: Number(epochs) } }] } } }))`;

  const spec = (program: string, more: object = {}) =>
    pipelineSpec({
      components: { train: component },
      executors: { "exec-train": executor },
      root: {
        dag: {
          tasks: {
            train: {
              componentRef: { name: "train" },
              taskInfo: { name: "train" },
              inputs: {
                parameters: {
                  display_name: constant("fine-tune"),
                  epochs: constant(3),
                  labels: constant({ run: "r-1" }),
                  worker_pool_specs: constant([
                    {
                      machine_spec: { machine_type: "ct5lp-hightpu-4t", tpu_topology: "2x2" },
                      replica_count: 1,
                      container_spec: {
                        image_uri: `${nodeImage.name}:1`,
                        command: ["node", "-e", program],
                        args: [p("epochs"), "{{$.outputs.artifacts['model'].path}}", "{{$.json_escape[1]}}"],
                      },
                    },
                  ]),
                },
              },
              ...more,
            },
          },
        },
      },
    });
  const submit = async (id: string, body: ReturnType<typeof spec>) =>
    (
      await pipelines.createPipelineJob({
        parent,
        pipelineJobId: id,
        pipelineJob: {
          pipelineSpec: toStruct(body) as never,
          runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
        },
      })
    )[0].name ?? "";
  const pipeline = async (name: string) => (await pipelines.getPipelineJob({ name }))[0];
  const taskOf = (job: Awaited<ReturnType<typeof pipeline>>) =>
    job.jobDetail?.taskDetails?.find(({ taskName }) => taskName === "train");

  test("becomes a real CustomJob, and its outputs the task's", async () => {
    const name = await submit("launcher", spec(trainer));
    const job = await until(
      () => pipeline(name),
      ({ endTime }) => endTime !== null,
    );
    expect(job.error).toBeNull();
    const task = taskOf(job);
    const resources = JSON.parse(task?.execution?.metadata?.fields?.["output:gcp_resources"]?.stringValue ?? "{}");
    const customJob = task?.executorDetail?.customJobDetail?.job ?? "";
    expect(resources.resources[0]).toEqual({
      resourceType: "CustomJob",
      resourceUri: `https://us-central1-aiplatform.googleapis.com/v1/${customJob}`,
    });
    expect(await get(customJob)).toMatchObject({
      state: "JOB_STATE_SUCCEEDED",
      displayName: "fine-tune",
      labels: { run: "r-1" },
      jobSpec: {
        workerPoolSpecs: [{ machineSpec: { tpuTopology: "2x2" } }],
        scheduling: { timeout: { seconds: "604800" } },
      },
    });
    const model = task?.outputs?.["model"]?.artifacts?.[0];
    expect(model?.metadata?.fields?.["epochs"]?.numberValue).toBe(3);
    expect(files()[`${model?.uri?.replace("gs://bucket/", "")}/weights`]).toBe("after 3");
  });

  test("passes on why the job failed, and tries again with another one", async () => {
    const name = await submit(
      "launcher-fails",
      spec("console.error('out of memory'); process.exit(1)", {
        retryPolicy: { maxRetryCount: 1, backoffDuration: "0.01s" },
      }),
    );
    const job = await until(
      () => pipeline(name),
      ({ endTime }) => endTime !== null,
    );
    expect(job.error?.message).toContain("[train]");
    expect(job.error?.message).toContain("out of memory");
    expect(taskOf(job)?.executorDetail?.customJobDetail?.failedJobs).toHaveLength(2);
  });

  test("is cancelled with the pipeline job", async () => {
    const name = await submit("launcher-cancelled", spec("setInterval(() => {}, 1000)"));
    const running = await until(
      () => pipeline(name),
      (job) => Boolean(taskOf(job)?.executorDetail?.customJobDetail?.job),
    );
    const customJob = taskOf(running)?.executorDetail?.customJobDetail?.job ?? "";
    await pipelines.cancelPipelineJob({ name });
    const job = await until(
      () => pipeline(name),
      ({ endTime }) => endTime !== null,
    );
    expect(job.state).toBe("PIPELINE_STATE_CANCELLED");
    expect((await get(customJob)).state).toBe("JOB_STATE_CANCELLED");
  });
});
