import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { realClock } from "../../clock.ts";
import { type StorageServer, startStorage } from "../../storage/index.ts";
import { filesOf, type TestVertex, testVertex } from "../testing/harness.ts";
import { outputOf, Pipelines, statesOf, taskOf } from "../testing/pipelines.ts";
import { artifact, outputArtifact, pipelineSpec, read, task } from "../testing/specs.ts";

/** Imports from a Cloud Storage that is not this machine's. */

let folder: string;
let upstream: StorageServer;
let server: TestVertex;
let pipelines: Pipelines;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "upstream-"));
  upstream = await startStorage({ folder, clock: realClock });
  await upstream.ensureBucket("theirs");
  for (const [name, content] of [
    ["model/config.json", "{}"],
    ["model/part/weights", "weights"],
    ["model-card.md", "another object"],
    ["one.txt", "one"],
  ] as const) {
    const query = new URLSearchParams({ uploadType: "media", name });
    const response = await fetch(`${upstream.url}/upload/storage/v1/b/theirs/o?${query}`, {
      method: "POST",
      body: content,
    });
    expect(response.status).toBe(200);
  }
  server = await testVertex({ storageUpstream: upstream.url });
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await pipelines.client.close();
  await server.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

const importing = (uri: string, programs: object) =>
  pipelineSpec({
    programs: programs as never,
    components: { import: { executorLabel: "exec-import", outputDefinitions: { artifacts: { artifact } } } },
    executors: { "exec-import": { importer: { artifactUri: { constant: uri }, typeSchema: artifact.artifactType } } },
    root: {
      dag: {
        tasks: {
          import: task("import"),
          ...(Object.keys(programs).length === 0
            ? {}
            : { read: task("read", { inputs: { artifacts: { file: outputArtifact("import", "artifact") } } }) }),
        },
      },
    },
  });

test("an object is fetched, and is there as a file", async () => {
  const job = await pipelines.run(importing("gs://theirs/one.txt", { read }));
  expect(outputOf(job, "read", "out")).toBe("one");
});

test("of a folder everything in it is fetched, and nothing beside it", async () => {
  expect(statesOf(await pipelines.run(importing("gs://theirs/model/", {})))).toEqual({ import: "SUCCEEDED" });
  expect(filesOf(join(server.bucket("theirs"), "model"))).toEqual({ "config.json": "{}", "part/weights": "weights" });
  expect(Object.keys(filesOf(server.bucket("theirs")))).not.toContain("model-card.md");
});

test("what is nowhere fails the import", async () => {
  const job = await pipelines.run(importing("gs://theirs/nothing", {}));
  expect(taskOf(job, "import").error).toMatchObject({
    code: 5,
    message: expect.stringContaining("gs://theirs/nothing"),
  });
});
