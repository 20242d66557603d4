import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ModelServiceClient } from "@google-cloud/aiplatform/build/src/v1/model_service_client.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parent, type TestVertex, testVertex } from "../../../local/vertex/testing/harness.ts";
import { type Job, Pipelines, statesOf, taskOf } from "../../../local/vertex/testing/pipelines.ts";
import { fromStruct, type JsonObject } from "../../../local/vertex/wire/json.ts";

/** Pipelines of the Python SDK's whole language, compiled by the SDK itself, run here. */

const python = resolve(import.meta.dirname, "../../../.retemper/kfp/bin/python");

describe.skipIf(!existsSync(python))("compiled by kfp", () => {
  let server: TestVertex;
  let pipelines: Pipelines;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "varied-"));
    execFileSync(python, ["-W", "ignore", join(import.meta.dirname, "varied_pipelines.py"), folder], { stdio: "pipe" });
    server = await testVertex();
    pipelines = new Pipelines(server);
    writeFileSync(join(server.bucket("bucket"), "imported.txt"), "imported");
  }, 120_000);
  afterAll(async () => {
    await pipelines.client.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (name: string, parameters: JsonObject = {}): Promise<Job> =>
    pipelines.run(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as JsonObject, { parameters }, 300);
  /** Output parameters of the whole pipeline. */
  const outputsOf = (job: Job) => {
    const metadata = job.jobDetail?.taskDetails?.[0]?.execution?.metadata;
    return Object.fromEntries(
      Object.entries(fromStruct(metadata as Parameters<typeof fromStruct>[0]))
        .filter(([key]) => key.startsWith("output:"))
        .map(([key, value]) => [key.slice("output:".length), value]),
    );
  };
  const goesWell = async (name: string, parameters: JsonObject = {}) => {
    const job = await run(name, parameters);
    expect(job.error).toBeNull();
    return outputsOf(job);
  };

  test.each([
    [{}, "data-big-red12"],
    [{ colour: "x' or 'a'=='a" }, "data-big8"],
    [{ size: 6 }, "data-middle11"],
    [{ size: 5 }, "data-small10"],
  ])("a choice in a choice: %j", async (parameters, out) => {
    expect(await goesWell("nested-choice", parameters)).toEqual({ Output: out });
  });

  test("what loops in loops collect goes into a pipeline", async () => {
    expect(await goesWell("collect-into-pipeline")).toEqual({ Output: ["a1", "a2", "b1", "b2", "c1", "c2"] });
  });

  test("a loop over an output, and over nothing", async () => {
    expect(await goesWell("loop-of-output")).toEqual({ Output: ["item 0", "item 1", "item 2"] });
  });

  test("an exit handler is told what failed at last", async () => {
    const job = await run("final-status");
    expect(job.state).toBe("PIPELINE_STATE_FAILED");
    const { outputs, execution } = taskOf(job, "tell");
    const told = String(fromStruct(execution?.metadata as Parameters<typeof fromStruct>[0])["output:out"]);
    expect(outputs).toBeDefined();
    expect(told).toMatch(/^end\|FAILED\|exit-handler-1\|.*no luck/s);
    expect(statesOf(job)).toMatchObject({ tell: "SUCCEEDED", "guarded.say": "SUCCEEDED", "guarded.fail": "FAILED" });
    expect(taskOf(job, "guarded.fail").pipelineTaskStatus?.filter(({ state }) => state === "RUNNING")).toHaveLength(3);
  });

  test("a task goes on with its default where what it wants failed", async () => {
    const job = await run("goes-on");
    expect(statesOf(job)).toEqual({ fail: "FAILED", join: "SUCCEEDED" });
    expect(outputsOf(job)).toEqual({ Output: "left's default|r|{'a': 1}|False" });
  });

  test("defaults of every type, and none", async () => {
    const { Output } = await goesWell("defaults");
    expect(JSON.parse(String(Output))).toEqual([
      null,
      { a: { b: [1, 2.5, true] } },
      [1, "x", { y: [] }],
      1e-7,
      12345678901,
    ]);
    const given = { text: "", struct: { none: null, nothing: {} }, items: [null, [[]], 0, false] };
    const { Output: other } = await goesWell("defaults", given);
    expect(JSON.parse(String(other))).toEqual(["", given.struct, given.items, 1e-7, 12345678901]);
  });

  test("values woven into dicts, lists and texts", async () => {
    const { Output } = await goesWell("woven");
    const name = 'quote " and \\ and {brace} and \n line';
    expect(JSON.parse(String(Output))).toEqual([
      { job: expect.stringMatching(/^job-\d+$/), name, said: `<${name}>` },
      [`${name}!`, "plain", `<${name}>`],
      `3 of <${name}> in dump`,
    ]);
  });

  test("containers with parts that may be absent", async () => {
    const uri = /;gs:\/\/bucket\/runs\/.*\/data;$/;
    const { one, two, three } = await goesWell("containers");
    expect(one).toMatch(uri);
    expect(String(one).replace(uri, "")).toBe("--first=a b/2x;--none;given");
    expect(String(two).replace(uri, "")).toBe("--first=a b/5x;--second;c'd;s=c'd");
    expect(three).toBe("red");
  });

  test("reports, metrics, metadata, and an artifact at a place of its own", async () => {
    expect(await goesWell("reports")).toMatchObject({
      seen: {
        metrics: { accuracy: 0.5 },
        matrix: [{ row: [1, 2] }, { row: [3, 4] }],
        model: { framework: { name: "torch", versions: [1, 2] } },
        files: ["weights"],
      },
      read: "by uri7",
    });
  });

  test("importers with metadata from inputs", async () => {
    expect(await goesWell("imports")).toEqual({
      seen: "gs://bucket/imported.txt [('key-7', 'x'), ('version', '7')]",
      read: "imported3",
    });
  });

  test("packages, helpers and embedded files", async () => {
    expect(await goesWell("packages")).toEqual({ one: "iniconfig 6", two: "6" });
  });

  test("a path under /gcs that a component makes by itself", async () => {
    expect(await goesWell("by-path")).toEqual({ Output: "imported" });
  });

  test("retries of a pipeline, and in a loop", async () => {
    expect(await goesWell("retries")).toEqual({ Output: ["x", "y", "whole"] });
  });

  test("Google's import of an evaluation is done as the registry's own", async () => {
    const models = new ModelServiceClient(server.client);
    const containerSpec = { imageUri: "example.com/node" };
    const [operation] = await models.uploadModel({ parent, model: { displayName: "m", containerSpec } });
    const [{ model }] = await operation.promise();
    await goesWell("evaluation", { model: `${model}@1` });
    const [evaluations] = await models.listModelEvaluations({ parent: model ?? "" });
    await models.close();
    expect(evaluations).toHaveLength(1);
    expect(evaluations[0]).toMatchObject({
      displayName: "held out",
      metricsSchemaUri: "gs://google-cloud-aiplatform/schema/modelevaluation/classification_metrics_1.0.0.yaml",
      metrics: { structValue: { fields: { auPrc: { numberValue: 0.75 } } } },
    });
  });
});
