import { afterAll, beforeAll, expect, it } from "vitest";
import { readManifest } from "../../activities/dataset/manifest.ts";
import { preparationDigest } from "../../activities/dataset/prepare-data.ts";
import { createPrepareActivities, createResolveActivities } from "../../activities/index.ts";
import { House } from "../support/house.ts";
import { topicRows } from "../support/topics.ts";
import { until } from "../support/vertex-view.ts";

let house: House;
const sharded = { preparation: { shardedFrom: "0MB", workers: 2 } };

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.hub.commitTopics({ train: topicRows({ rows: 300, seed: 2 }), test: topicRows({ rows: 100, seed: 1 }) });
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("prepares in a Vertex pipeline what one machine would, to the byte", async () => {
  await house.writeRecipe("sharded", sharded);
  const run = await house.retrain({ recipe: "sharded" }, "sharded");
  const prepared = async () => (await run.progress()).stages.find(({ name }) => name === "prepare");
  await until(async () => ["done", "failed"].includes((await prepared())?.status ?? ""));
  expect((await prepared())?.note).toMatch(/^\d+ \+ \d+ \+ \d+ rows, 4 labels/);
  await run.handle.cancel();
  await run.handle.result().catch(() => {});

  // The same pins by one process, after the pipeline's manifest is gone.
  const { clients } = house;
  await house.writeRecipe("sharded");
  const request = { request: { recipe: "sharded" }, workflowId: "single" };
  const { recipe, pins } = await createResolveActivities(clients).resolveRun(request);
  const uri = `gs://retemper/datasets/${preparationDigest(recipe, pins)}`;
  const theirs = await readManifest(clients.storage, uri);
  await clients.storage.delete(`${uri}/manifest.json`);
  const single = await createPrepareActivities(clients).prepareData({ recipe, pins, champion: null });
  expect(single).toMatchObject({ uri });
  expect(theirs?.splits.train.rows).toBeGreaterThan(100);
  expect(await readManifest(clients.storage, uri)).toEqual(theirs);
});

it("tells the data's owner what is wrong, and not that a container failed", async () => {
  await house.writeRecipe("wrong", { ...sharded, columns: { text: "txet" } });
  const failure = await (await house.retrain({ recipe: "wrong" }, "wrong")).failure();
  expect(failure.code).toBe("InvalidData");
  expect(failure.problems).toMatchObject([{ path: "columns.text" }]);
  expect(failure.message).toContain("did you mean text?");
});
