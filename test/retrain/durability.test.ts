import { afterAll, beforeAll, expect, it } from "vitest";
import { recordHistory } from "../support/history.ts";
import { House } from "../support/house.ts";
import { Run } from "../support/run.ts";
import { topicRows } from "../support/topics.ts";

/** Crashes and resets are ordinary events: nothing is lost, and nothing is paid for twice. */

let house: House;

beforeAll(async () => {
  house = await House.start();
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2 }), test: topicRows({ rows: 300, seed: 1 }) });
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("a worker killed during training: the run finishes, and exactly one custom job ran", async () => {
  await house.writeRecipe("killed");
  const first = await house.startWorkerProcess();
  const run = await house.retrain({ recipe: "killed" }, "killed");
  await house.vertex.untilACustomJobRuns();
  first.kill("SIGKILL");
  await house.startWorkerProcess();
  expect((await run.result()).decision).toBe("promoted");
  await recordHistory(house, run.workflowId, "worker-killed");
  expect(Object.values(await house.vertex.customJobs())).toEqual(["JOB_STATE_SUCCEEDED"]);
});

it("a reset to before the evaluation adopts the same custom job", async () => {
  const jobs = await house.vertex.customJobs();
  const again = await new Run(house.client, house.client.workflow.getHandle("killed")).resetToBefore(
    "submitPipelineJob",
  );
  expect((await again.result()).decision).toBe("promoted");
  expect(await house.vertex.customJobs()).toEqual(jobs);
});

it("a reset after a failed job starts the next attempt", async () => {
  await house.writeRecipe("failing", { gate: { thresholds: {} } });
  const before = Object.keys(await house.vertex.customJobs()).length;
  house.cloud.vertex.admin.faults.stockOut(1);
  const run = await house.retrain({ recipe: "failing", train: { seed: 1 } }, "failing");
  const failure = await run.failure();
  expect(failure.code).toBe("JobFailed");
  expect(failure.message).toContain("Resources are insufficient");

  const again = await run.resetToBefore("submitPipelineJob");
  expect((await again.result()).decision).toBe("promoted");
  expect(Object.keys(await house.vertex.customJobs())).toHaveLength(before + 2);
});
