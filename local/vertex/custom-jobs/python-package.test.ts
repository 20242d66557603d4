import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";

let server: TestVertex;
let jobs: v1.JobServiceClient;
beforeAll(async () => {
  server = await testVertex();
  jobs = new v1.JobServiceClient(server.client);
});
afterAll(async () => {
  await jobs.close();
  await server.close();
});

/** A wheel with one module, which says what it was given. */
const makeWheel = `
import sys, zipfile
task = "import os, sys; open(os.environ['OUT'], 'w').write(' '.join(sys.argv[1:]))"
info = "trainer-0.1.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("trainer/__init__.py", "")
    wheel.writestr("trainer/task.py", task)
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: trainer\\nVersion: 0.1\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;

const pools = (pythonPackageSpec: object) => [
  { machineSpec: { machineType: "n1-standard-4" }, replicaCount: 1, pythonPackageSpec },
];

test("a Python package is installed, and its module run with its arguments", async () => {
  const bucket = server.bucket("bucket");
  const { status, stderr } = spawnSync("python3", ["-c", makeWheel, join(bucket, "trainer-0.1-py3-none-any.whl")]);
  expect(String(stderr)).toBe("");
  expect(status).toBe(0);
  const [{ name }] = await jobs.createCustomJob({
    parent,
    customJob: {
      displayName: "package",
      jobSpec: {
        workerPoolSpecs: pools({
          // One of Vertex's own, of which only the Python is here.
          executorImageUri: "us-docker.pkg.dev/vertex-ai/training/sklearn-cpu.1-6.py311:latest",
          packageUris: ["gs://bucket/trainer-0.1-py3-none-any.whl"],
          pythonModule: "trainer.task",
          args: ["--rate=0.1", "two words"],
          env: [{ name: "OUT", value: "/gcs/bucket/out" }],
        }),
      },
    },
  });
  const job = await until(
    async () => (await jobs.getCustomJob({ name: name ?? "" }))[0],
    ({ endTime }) => endTime !== null,
    60,
  );
  expect(job).toMatchObject({ state: "JOB_STATE_SUCCEEDED", error: null });
  expect(readFileSync(join(bucket, "out"), "utf8")).toBe("--rate=0.1 two words");
}, 70_000);

test("a package is refused with every problem", async () => {
  const jobSpec = { workerPoolSpecs: pools({ packageUris: ["trainer.whl"], pythonModule: "a; b" }) };
  const refused = jobs.createCustomJob({ parent, customJob: { displayName: "package", jobSpec } });
  expect(await refusal(refused)).toMatchObject({
    code: 3,
    message: expect.stringMatching(/executor_image_uri.*package_uris.*python_module/s),
  });
});
