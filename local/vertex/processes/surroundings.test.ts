import { writeFileSync } from "node:fs";
import aiplatform from "@google-cloud/aiplatform";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesOf, parent, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { outputOf, Pipelines, statesOf } from "../testing/pipelines.ts";
import { constant, type Program, parameters, pipelineSpec, struct, task } from "../testing/specs.ts";
import { openBucketsNamespace } from "./namespace.ts";

/** What a task sees of the machine and of the server that it runs on. */

let server: TestVertex;
let pipelines: Pipelines;
let mounts: boolean;

beforeAll(async () => {
  process.env["SECRET_OF_THE_SERVER"] = "hunter2";
  server = await testVertex();
  pipelines = new Pipelines(server);
  mounts = await openBucketsNamespace(server.bucket("bucket")).then(
    (namespace) => {
      namespace.close();
      return true;
    },
    () => false,
  );
});
afterAll(async () => {
  delete process.env["SECRET_OF_THE_SERVER"];
  await pipelines.client.close();
  await server.close();
});

const look: Program = {
  program: `require('fs').writeFileSync(process.argv[1], JSON.stringify({
    environment: process.env, folder: process.cwd(), files: require('fs').readdirSync('.'),
  }))`,
  args: ["{{$.outputs.parameters['seen'].output_file}}"],
  outputDefinitions: { parameters: { seen: struct } },
};
interface Seen {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly files: readonly string[];
}

test("a task sees its own environment and folder only, nothing of the server's", async () => {
  const spec = pipelineSpec({
    programs: { look },
    root: {
      dag: {
        tasks: {
          first: task("look", { taskInfo: { name: "first" } }),
          second: task("look", { taskInfo: { name: "second" } }),
        },
      },
    },
  });
  const executors = (spec["deploymentSpec"] as unknown as { executors: Record<string, { container: object }> })
    .executors;
  Object.assign(executors["exec-look"]?.container ?? {}, { env: [{ name: "COLOUR", value: "red" }] });
  const job = await pipelines.run(spec);
  const seen = ["first", "second"].map((name) => outputOf(job, name, "seen") as unknown as Seen);
  for (const { environment, folder, files } of seen) {
    // The folder's name may be added by a shell.
    const { PWD = folder, ...variables } = environment;
    expect(PWD).toBe(folder);
    expect(Object.keys(variables).sort()).toEqual(["COLOUR", "HOME", "LANG", "PATH", "RETEMPER_GCS_ROOT", "TMPDIR"]);
    expect(environment["COLOUR"]).toBe("red");
    expect(environment["HOME"]).toBe(folder);
    expect(folder.startsWith(server.folder)).toBe(true);
    expect(files).toEqual([]);
  }
  const [first, second] = seen;
  expect(first?.folder).not.toBe(second?.folder);
  expect(first?.environment["TMPDIR"]).not.toBe(second?.environment["TMPDIR"]);
});

/** Puts the path together by itself, so that nothing can be rewritten. */
const copyProgram =
  "const fs = require('fs'); const at = (name) => ['', 'gcs', 'bucket', name].join('/'); fs.writeFileSync(at(process.argv[1]), fs.readFileSync(at('in')) + '!')";

describe("a path under /gcs that a program makes by itself", () => {
  test("is the bucket's, in a pipeline's task and in a custom job", async ({ skip }) => {
    if (!mounts) skip("this system gives no mount namespaces");
    writeFileSync(`${server.bucket("bucket")}/in`, "content");
    const job = await pipelines.run(
      pipelineSpec({
        programs: { copy: { program: copyProgram, args: ["by-task"] } },
        root: { dag: { tasks: { copy: task("copy") } } },
      }),
    );
    expect(statesOf(job)).toEqual({ copy: "SUCCEEDED" });
    const jobs = new aiplatform.v1.JobServiceClient(server.client);
    const workerPoolSpecs = [
      {
        machineSpec: { machineType: "e2-standard-4" },
        replicaCount: 1,
        containerSpec: { imageUri: "example.com/node:1", command: ["node", "-e", copyProgram], args: ["by-job"] },
      },
    ];
    const [{ name = "" }] = await jobs.createCustomJob({
      parent,
      customJob: { displayName: "copy", jobSpec: { workerPoolSpecs } },
    });
    const [ended] = await until(
      () => jobs.getCustomJob({ name: name ?? "" }),
      ([{ endTime }]) => endTime !== null,
    );
    expect(ended.state).toBe("JOB_STATE_SUCCEEDED");
    expect(filesOf(server.bucket("bucket"))).toMatchObject({ "by-task": "content!", "by-job": "content!" });
    await jobs.close();
  });

  test("is said not to be there where the server rewrites paths, which then holds for what it is given", async () => {
    const rewriting = await testVertex({ mountBuckets: false });
    const others = new Pipelines(rewriting);
    try {
      writeFileSync(`${rewriting.bucket("bucket")}/in`, "content");
      const given =
        "const fs = require('fs'); fs.writeFileSync(process.argv[2], fs.readFileSync(process.argv[1]) + '!')";
      const job = await others.run(
        pipelineSpec({
          programs: {
            copy: { program: copyProgram, args: ["by-itself"] },
            given: {
              program: given,
              args: ["/gcs/bucket/{{$.inputs.parameters['name']}}", "/gcs/bucket/as-given"],
              inputDefinitions: { parameters: { name: { parameterType: "STRING" } } },
            },
          },
          root: { dag: { tasks: { copy: task("copy"), given: task("given", parameters({ name: constant("in") })) } } },
        }),
      );
      expect(statesOf(job)).toEqual({ copy: "FAILED", given: "SUCCEEDED" });
      expect(filesOf(rewriting.bucket("bucket"))).toMatchObject({ "as-given": "content!" });
    } finally {
      await others.client.close();
      await rewriting.close();
    }
  });
});
