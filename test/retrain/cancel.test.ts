import { afterAll, beforeAll, expect, it } from "vitest";
import { recordHistory } from "../support/history.ts";
import { House, quickTraining } from "../support/house.ts";
import { topicRows } from "../support/topics.ts";

let house: House;

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.hub.commitTopics({
    train: topicRows({ rows: 400, seed: 2, mislabelled: 0.45 }),
    test: topicRows({ rows: 300, seed: 1 }),
  });
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("cancelling a run that trains cancels its pipeline job and its custom job", async () => {
  await house.writeRecipe("long", { train: { ...quickTraining, epochs: 10_000 } });
  const run = await house.retrain({ recipe: "long" }, "cancelled in training");
  await house.vertex.untilACustomJobRuns();
  await run.handle.cancel();
  await expect(run.result()).rejects.toThrow();
  await recordHistory(house, run.workflowId, "cancelled-in-training");

  const pipelineJobs = Object.values(await house.vertex.pipelineJobs()).sort();
  // The preflight has ended before.
  expect(pipelineJobs).toEqual(["PIPELINE_STATE_CANCELLED", "PIPELINE_STATE_SUCCEEDED"]);
  expect(Object.values(await house.vertex.customJobs())).toEqual(["JOB_STATE_CANCELLED"]);
  expect((await run.progress()).stages.find(({ name }) => name === "train")?.status).toBe("failed");
});

it("cancelling a run in its canary puts the traffic back", async () => {
  await house.writeRecipe("topics");
  await (await house.retrain({ recipe: "topics" }, "champion")).result();
  const before = await house.vertex.endpoint("topics");

  await house.hub.commitTopics({ train: topicRows({ rows: 1_200, seed: 3 }), test: topicRows({ rows: 300, seed: 1 }) });
  await house.writeRecipe("topics", { promote: { endpoint: "topics", canary: [{ percent: 10, bake: "1h" }] } });
  const run = await house.retrain({ recipe: "topics" }, "cancelled in canary");
  await house.vertex.untilTraffic("topics", (split) => Object.values(split).includes(10));
  await run.handle.cancel();
  await expect(run.result()).rejects.toThrow();

  expect(await house.vertex.endpoint("topics")).toEqual(before);
});
