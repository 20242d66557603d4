import { afterAll, beforeAll, expect, it } from "vitest";
import { House } from "../support/house.ts";
import { topicRows } from "../support/topics.ts";

let house: House;
const test = topicRows({ rows: 300, seed: 1 });

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.writeRecipe("topics");
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("a replica that fails its smoke test never gets traffic: an empty split stays empty", async () => {
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2, mislabelled: 0.45 }), test });
  house.cloud.vertex.admin.faults.breakReplicas(1);
  const failure = await (await house.retrain({ recipe: "topics" }, "first, broken")).failure();
  expect(failure.code).toBe("SmokeTestFailed");
  expect(await house.vertex.endpoint("topics")).toMatchObject({ traffic: {}, deployed: [] });
});

it("and a split of 100 stays as it was", async () => {
  const run = await house.retrain({ recipe: "topics" }, "first, whole");
  expect((await run.result()).decision).toBe("promoted");
  const before = await house.vertex.endpoint("topics");

  await house.hub.commitTopics({ train: topicRows({ rows: 1_200, seed: 3 }), test });
  house.cloud.vertex.admin.faults.breakReplicas(1);
  const failure = await (await house.retrain({ recipe: "topics" }, "second, broken")).failure();
  expect(failure.code).toBe("SmokeTestFailed");
  expect(await house.vertex.endpoint("topics")).toEqual(before);
});
