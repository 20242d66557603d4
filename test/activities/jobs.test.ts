import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { withFailures } from "../../activities/failure.ts";
import { createRunSpecActivities } from "../../activities/preflight/run-spec.ts";
import { createJobActivities } from "../../activities/vertex/jobs.ts";
import { realClock } from "../../local/clock.ts";
import type { LocalImage } from "../../local/images.ts";
import { startStorage } from "../../local/storage/index.ts";
import { startVertex, type Vertex } from "../../local/vertex/index.ts";
import type { JobActivities } from "../../pipelines/jobs/activities.ts";
import type { JobOutcome, JobReference, PipelineSubmission } from "../../pipelines/jobs/job.ts";
import type { RunSpecActivities } from "../../pipelines/run-spec/activities.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

/** An image whose only program is this Node. */
const nodeImage: LocalImage = {
  name: "example.com/node",
  path: [dirname(process.execPath)],
  workingDirectory: "/",
  environment: {},
  digestOf: ["package.json"],
  root: "/",
};

/** One task that does what its parameter says. */
const spec = {
  pipelineInfo: { name: "one-task" },
  schemaVersion: "2.1.0",
  sdkVersion: "test",
  root: {
    inputDefinitions: { parameters: { what: { parameterType: "STRING" } } },
    dag: {
      tasks: {
        work: {
          taskInfo: { name: "work" },
          componentRef: { name: "comp-work" },
          inputs: { parameters: { what: { componentInputParameter: "what" } } },
        },
      },
    },
  },
  components: {
    "comp-work": {
      executorLabel: "exec-work",
      inputDefinitions: { parameters: { what: { parameterType: "STRING" } } },
      outputDefinitions: {
        artifacts: { result: { artifactType: { schemaTitle: "system.Artifact", schemaVersion: "0.0.1" } } },
      },
    },
  },
  deploymentSpec: {
    executors: {
      "exec-work": {
        container: {
          image: `${nodeImage.name}:1`,
          command: [
            "node",
            "-e",
            `const fs = require("node:fs"), path = require("node:path");
             const [what, result] = process.argv.slice(1);
             fs.mkdirSync(path.dirname(result), { recursive: true });
             if (what === "fail") { console.error("it went wrong"); process.exit(3); }
             if (what === "wait") {
               fs.writeFileSync(path.join(path.dirname(result), "progress.json"), JSON.stringify({ phase: "training", step: 3,
                 steps: 9, epoch: 0.3, loss: 1.25, examplesPerSecond: 10, secondsLeft: 60, validationAccuracy: null }));
               setInterval(() => {}, 1000);
             } else fs.writeFileSync(result, what);`,
          ],
          args: ["{{$.inputs.parameters['what']}}", "{{$.outputs.artifacts['result'].path}}"],
        },
      },
    },
  },
};

let clients: Clients;
let jobs: JobActivities;
let runSpec: RunSpecActivities;
let vertex: Vertex;
let uri: string;
let digest: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = await testFolder();
  const buckets = join(folder.path, "buckets");
  const storage = await startStorage({ folder: buckets });
  const { Storage } = await import("@google-cloud/storage");
  await new Storage({ apiEndpoint: storage.url, projectId: "retemper" }).createBucket("retemper");
  vertex = await startVertex({
    state: join(folder.path, "vertex"),
    storageRoot: buckets,
    images: [nodeImage],
    clock: realClock,
    log: () => {},
    settings: { killGrace: 1_000 },
  });
  clients = testClients(testEnvironment({ storage: storage.url, vertex: vertex.address }));
  jobs = withFailures(createJobActivities(clients));
  runSpec = withFailures(createRunSpecActivities(clients));
  ends.push(
    () => clients.close(),
    () => vertex.close(),
    () => storage.close(),
    folder.remove,
  );
  await clients.storage.writeText("gs://retemper/mine.json", JSON.stringify(spec));
  ({ uri, digest } = await runSpec.readSpec({ uri: "gs://retemper/mine.json" }));
});

afterAll(async () => {
  for (const end of ends) await end();
});

const submission = (workflowId: string, what: string): PipelineSubmission => ({
  specUri: uri,
  specDigest: digest,
  parameters: { what },
  workflowId,
  stage: "train",
  labels: { recipe: "Sections & more" },
  displayName: "a test",
});

/** Waits as Temporal would, and keeps what each look said. */
async function awaitEnd(job: JobReference): Promise<{ outcome: JobOutcome; said: string[] }> {
  const said: string[] = [];
  for (;;) {
    try {
      return { outcome: await jobs.awaitJob(job), said };
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.category !== "BENIGN") throw error;
      said.push(error.message);
      await sleep(100);
    }
  }
}

async function awaitWords(job: JobReference, words: RegExp): Promise<string> {
  for (;;) {
    try {
      throw new Error(`the job has ended: ${JSON.stringify(await jobs.awaitJob(job))}`);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      if (words.test(error.message)) return error.message;
      await sleep(50);
    }
  }
}

describe("a pipeline job", () => {
  test("is submitted once, adopted after, and leaves its artifacts", async () => {
    const job = await jobs.submitPipelineJob(submission("once", "hello"));
    expect(job).toMatchObject({ kind: "pipeline", adopted: false, attempt: 1 });
    const { outcome } = await awaitEnd(job);
    expect(outcome).toMatchObject({ name: job.name, state: "succeeded", error: null });
    const result = outcome.artifacts["work.result"] ?? "";
    expect(result).toMatch(/^gs:\/\/retemper\/runs\//);
    expect(await clients.storage.readText(result)).toBe("hello");
    expect(await jobs.submitPipelineJob(submission("once", "hello"))).toEqual({ ...job, adopted: true });
  });

  test("that failed says why, and is followed by the next attempt", async () => {
    const job = await jobs.submitPipelineJob(submission("fails", "fail"));
    const { outcome } = await awaitEnd(job);
    expect(outcome.state).toBe("failed");
    expect(outcome.error).toMatch(/^work failed: /);
    const next = await jobs.submitPipelineJob(submission("fails", "fail"));
    expect(next).toMatchObject({ adopted: false, attempt: 2 });
    expect(next.name).not.toBe(job.name);
    await awaitEnd(next);
  });

  test("that runs says how far it is, outlives a Vertex that is away, and ends when cancelled", async () => {
    const job = await jobs.submitPipelineJob(submission("waits", "wait"));
    expect(await awaitWords(job, /step/)).toBe("work runs: step 3 of 9, loss 1.250, about 1 min left");
    expect((await jobs.submitPipelineJob(submission("waits", "wait"))).adopted).toBe(true);
    vertex.admin.faults.failMethod({ method: "PipelineService.GetPipelineJob", code: "UNAVAILABLE", times: 1 });
    await awaitWords(job, /could not be asked/);
    await jobs.cancelJob(job);
    expect((await jobs.awaitJob(job)).state).toBe("cancelled");
    await jobs.cancelJob(job);
    const next = await jobs.submitPipelineJob(submission("waits", "hello"));
    expect(next.name).not.toBe(job.name);
  });

  test("that has vanished fails the wait for good", async () => {
    const name = "projects/retemper/locations/us-central1/pipelineJobs/none";
    const gone: JobReference = { kind: "pipeline", name, adopted: false, attempt: 1, consoleUrl: "" };
    await expect(jobs.awaitJob(gone)).rejects.toMatchObject({ type: "NotFound", nonRetryable: true });
  });
});

describe("readSpec", () => {
  test("stores the same spec at the same place, from JSON or YAML", async () => {
    const { stringify } = await import("yaml");
    await clients.storage.writeText("gs://retemper/mine.yaml", `${stringify(spec)}---\nplatforms: {}\n`);
    expect(await runSpec.readSpec({ uri: "gs://retemper/mine.yaml" })).toEqual({ uri, digest, name: "one-task" });
  });

  test("lists every problem of a broken one", async () => {
    await clients.storage.writeText(
      "gs://retemper/broken.json",
      JSON.stringify({ ...spec, root: { dag: { tasks: { a: { componentRef: { name: "none" } } } } } }),
    );
    await expect(runSpec.readSpec({ uri: "gs://retemper/broken.json" })).rejects.toMatchObject({
      type: "InvalidSpec",
      nonRetryable: true,
    });
    await expect(runSpec.readSpec({ uri: "gs://retemper/none.json" })).rejects.toMatchObject({ type: "NotFound" });
  });
});
