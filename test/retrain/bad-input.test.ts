import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { recordHistory } from "../support/history.ts";
import { House } from "../support/house.ts";

let house: House;

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.writeRecipe("topics");
});
afterAll(() => house?.[Symbol.asyncDispose]());

it.each([
  ["nothing at all", undefined, "InvalidRequest"],
  ["null", null, "InvalidRequest"],
  ["a number", 3, "InvalidRequest"],
  ["a list", ["topics"], "InvalidRequest"],
  ["an unknown recipe", { recipe: "topic" }, "NotFound"],
  ["a path out of the folder", { recipe: "../../etc/passwd" }, "NotFound"],
])("%s fails the run at once", async (name, input, code) => {
  const failure = await (await house.retrain(input, `bad ${name}`)).failure();
  expect(failure.code).toBe(code);
});

it("lists every problem of a request at once, with the names that were meant", async () => {
  const run = await house.retrain({ recipe: "topics", forse: true, train: { epoch: 3, seed: "one" } }, "misspelled");
  const failure = await run.failure();
  await recordHistory(house, run.workflowId, "invalid-request");
  expect(failure.problems.map(({ path }) => path).sort()).toEqual(["forse", "train.epoch", "train.seed"]);
  expect(failure.message).toContain("did you mean force?");
  expect(failure.message).toContain("did you mean epochs?");
});

it("suggests the nearest recipe", async () => {
  expect((await (await house.retrain({ recipe: "topisc" }, "near")).failure()).message).toContain("topics");
});

it("reports a broken recipe file with line and column", async () => {
  await writeFile(join(house.environment.recipes, "broken.yaml"), "name: broken\ntrain:\n  epochs: [1\n");
  const failure = await (await house.retrain({ recipe: "broken" }, "broken")).failure();
  expect(failure.code).toBe("InvalidRecipe");
  expect(failure.message).toMatch(/line \d+, column \d+|:\d+:\d+/);
});

it("fails on a model that is not there, naming it", async () => {
  await house.writeRecipe("lost", { model: { base: "retemper/no-such-model" } });
  const failure = await (await house.retrain({ recipe: "lost" }, "lost")).failure();
  expect(failure.code).toBe("NotFound");
  expect(failure.message).toContain("retemper/no-such-model");
});

it("fails on a column that the data lacks, naming those that it has, before anything is trained", async () => {
  const { topicRows } = await import("../support/topics.ts");
  await house.hub.commitTopics({ train: topicRows({ rows: 100, seed: 2 }), test: topicRows({ rows: 50, seed: 1 }) });
  await house.writeRecipe("columns", { columns: { text: "txet" } });
  const failure = await (await house.retrain({ recipe: "columns" }, "columns")).failure();
  expect(failure.message).toContain("txet");
  expect(failure.message).toContain("text");
  expect(await house.vertex.customJobs()).toEqual({});
  // The recipe names a webhook: nobody finds out a week later.
  const post = expect.objectContaining({ recipe: "columns", workflowId: "columns", outcome: "failed" });
  expect(house.webhook.posts).toContainEqual(post);
});
