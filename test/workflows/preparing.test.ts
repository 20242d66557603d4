import { randomUUID } from "node:crypto";
import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { afterAll, beforeAll, expect, it } from "vitest";
import { signalsToOwnWorkflow } from "../../activities/step-signals.ts";
import { preparingSignal } from "../../pipelines/retrain/preparing.ts";
import type { RunProgress } from "../../pipelines/retrain/progress.ts";
import type { PreparedData, Resolution } from "../../pipelines/retrain/run.ts";
import { workflowsPath } from "../../workers/worker/bundle.ts";
import { startTemporal } from "../support/temporal.ts";

let temporal: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [{ environment: temporal }, workflowBundle] = await Promise.all([
    startTemporal(),
    bundleWorkflowCode({ workflowsPath }),
  ]);
});
afterAll(() => temporal.teardown());

it("the run's details tell how far its preparation is, and what came of it", async () => {
  const step = "reading and checking the rows, 1,500 rows, 1.0 of 2.0 MiB, 22 %, about 35 s left";
  const taskQueue = randomUUID();
  const workflowId = randomUUID();
  const handle = temporal.client.workflow.getHandle(workflowId);
  const read = async (): Promise<{ note: string; details: string }> => {
    const { stages } = await handle.query<RunProgress>("progress");
    const metadata = await handle.query<{ currentDetails?: string }>("__temporal_workflow_metadata");
    return {
      note: stages.find(({ name }) => name === "prepare")?.note ?? "",
      details: metadata.currentDetails ?? "",
    };
  };
  let seen = { note: "", details: "" };
  let clockAhead = 0;
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowBundle,
    activities: {
      resolveRun: async () => resolution,
      prepareData: async (): Promise<PreparedData> => {
        const signals = signalsToOwnWorkflow(preparingSignal, () => Date.now() + clockAhead);
        clockAhead = 60_000;
        signals?.tell(step);
        await signals?.settled();
        seen = await read();
        return prepared;
      },
      compileTrainAndEvaluate: async () => {
        // News of a try that nobody waits for any more.
        const { client } = Context.current();
        await client.workflow.getHandle(workflowId).signal(preparingSignal, "too late");
        throw ApplicationFailure.nonRetryable("far enough", "Enough");
      },
      notify: async () => {},
    },
  });
  await worker.runUntil(async () => {
    await temporal.client.workflow.start("retrain", { taskQueue, workflowId, args: [{ recipe: "topics" }] });
    await expect(handle.result()).rejects.toThrow();
    expect(seen.note).toMatch(new RegExp(`^${step} \\(at \\d\\d:\\d\\d UTC\\)$`));
    expect(seen.details).toContain(`**prepare** · ${step}`);
    expect((await read()).note).toMatch(
      /^80 \+ 10 \+ 10 rows, 2 labels, 12\.5 % of the training texts are cut at 64 tokens/,
    );
  });
});

const prepared: PreparedData = {
  uri: "gs://bucket/datasets/1",
  manifestUri: "gs://bucket/datasets/1/manifest.json",
  digest: "1",
  rows: { train: 80, validation: 10, test: 10 },
  labels: ["a", "b"],
  rejectedRows: 0,
  duplicateRows: 0,
  baseModelUri: "gs://bucket/models/1",
  report: { url: "https://example.com", drift: null, truncation: { maxLength: 64, atLeast: 0.125, atMost: 0.125 } },
};

/** As far as the stages up to preflight read it. */
const resolution = {
  request: { recipe: "topics" },
  recipe: { name: "topics", promote: { endpoint: "topics" } },
  pins: {
    recipe: { name: "topics", hash: "1" },
    baseModel: { repo: "owner/model", revision: "0".repeat(40) },
    data: { source: "hub", dataset: "owner/data", revision: "0".repeat(40), train: ["*.parquet"], test: null },
  },
  pinsDigest: "1",
  champion: null,
  earlier: null,
} as unknown as Resolution;
