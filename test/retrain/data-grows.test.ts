import { afterAll, beforeAll, expect, it } from "vitest";
import type { promote } from "../../pipelines/promote/workflow.ts";
import type { runSpec } from "../../pipelines/run-spec/workflow.ts";
import { compile, container } from "../../specs/index.ts";
import { recordHistory } from "../support/history.ts";
import { House } from "../support/house.ts";
import { topicRows } from "../support/topics.ts";

/** The main job: a first champion, nothing to do, more data, a better model, a bad model. */

let house: House;
const test = topicRows({ rows: 300, seed: 1 });

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.writeRecipe("topics", { publish: { repo: "retemper/topics" } });
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("makes the first champion, from an empty split to 100 %", async () => {
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2, mislabelled: 0.45 }), test });
  const run = await house.retrain({ recipe: "topics" }, "first");
  const result = await run.result();
  await recordHistory(house, run.workflowId, "first-champion");

  expect(result).toMatchObject({ decision: "promoted", decidedBy: null });
  expect(Object.values(result.traffic ?? {})).toEqual([100]);
  const progress = await run.progress();
  expect(progress.stages.map(({ name, status }) => [name, status])).toEqual([
    ["resolve", "done"],
    ["prepare", "done"],
    ["preflight", "done"],
    ["train", "done"],
    ["evaluate", "done"],
    ["gate", "done"],
    ["approve", "skipped"],
    ["promote", "done"],
    ["publish", "done"],
  ]);

  const answer = await house.vertex.predict("topics", "a mail server for your mail");
  expect(["game", "mail", "music", "picture"]).toContain(answer.label);
  expect(answer.modelVersion).toBe(result.modelVersion);
  expect(await house.hub.files("model", "retemper/topics")).toEqual(
    expect.arrayContaining(["README.md", "config.json", "evaluation.json", "model.safetensors", "tokenizer.json"]),
  );
  expect(await house.vertex.aliasedVersion("topics", "champion")).toBe(result.modelVersion);
});

it("has nothing to do while every pin is the same, and pays nothing", async () => {
  const jobs = await house.vertex.customJobs();
  const result = await (await house.retrain({ recipe: "topics" }, "again")).result();
  expect(result).toMatchObject({ decision: "promoted", decidedBy: "first", job: null });
  expect(await house.vertex.customJobs()).toEqual(jobs);
});

it("retrains when the data has a new revision, and promotes what is better on the same rows", async () => {
  await house.hub.commitTopics({ train: topicRows({ rows: 1_200, seed: 3 }), test });
  const run = await house.retrain({ recipe: "topics" }, "grown");
  const result = await run.result();
  await recordHistory(house, run.workflowId, "better-challenger");

  expect(result.decision).toBe("promoted");
  const { metrics, stages } = await run.progress();
  expect(stages.find(({ name }) => name === "prepare")?.note).toContain("drift from the champion's data");
  expect(metrics?.champion).not.toBeNull();
  expect(metrics?.candidate.accuracy).toBeGreaterThan(metrics?.champion?.accuracy ?? 1);
  expect(Object.values(result.traffic ?? {})).toEqual([100]);
  expect((await house.vertex.predict("topics", "music sound music")).modelVersion).toBe(result.modelVersion);
  expect((await house.vertex.endpoint("topics")).deployed).toHaveLength(1);
});

it("refuses a model trained on shuffled labels; the champion serves throughout, and the webhook hears of it", async () => {
  const before = await house.vertex.endpoint("topics");
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 4, mislabelled: 1 }), test });
  const run = await house.retrain({ recipe: "topics" }, "shuffled");
  const result = await run.result();
  await recordHistory(house, run.workflowId, "refused");

  expect(result.decision).toBe("refused");
  expect(result.reasons.join(" ")).toContain("accuracy");
  expect(result).toMatchObject({ modelVersion: null, published: null });
  expect(await house.vertex.endpoint("topics")).toEqual(before);
  expect(await run.decisionAttribute()).toBe("refused");
  expect(house.webhook.posts).toContainEqual(
    expect.objectContaining({ recipe: "topics", workflowId: "shuffled", outcome: "refused", reasons: result.reasons }),
  );
});

it("names a refusal too when there is nothing to do", async () => {
  const result = await (await house.retrain({ recipe: "topics" }, "shuffled again")).result();
  expect(result).toMatchObject({ decision: "refused", decidedBy: "shuffled", job: null });
});

it("promotes a model of the Hub by itself, onto an endpoint of its own", async () => {
  const released = await house.client.workflow.execute<typeof promote>("promote", {
    taskQueue: house.environment.temporal.taskQueue,
    workflowId: "by hand",
    args: [
      { model: { from: "hub", repo: "retemper/topics" }, target: { endpoint: "by-hand", canary: [], cooldown: "1ms" } },
    ],
  });
  expect(Object.values(released.traffic)).toEqual([100]);
  const answer = await house.vertex.predict("by-hand", "a mail server for your mail");
  expect(answer).toEqual({ label: "mail", modelVersion: released.modelVersion });
  expect(await house.vertex.aliasedVersion("by-hand", "champion")).toBe(released.modelVersion);
});

it("runs any compiled spec from its address", async () => {
  const { json } = compile(
    container("greet", { image: house.environment.trainerImage, command: ["python", "-c", "print('hello')"] }),
  );
  await house.clients.storage.writeText("gs://retemper/elsewhere/greet.json", json, {
    contentType: "application/json",
  });
  const outcome = await house.client.workflow.execute<typeof runSpec>("runSpec", {
    taskQueue: house.environment.temporal.taskQueue,
    workflowId: "greeting",
    args: [{ spec: "gs://retemper/elsewhere/greet.json" }],
  });
  expect(outcome).toMatchObject({ state: "succeeded", error: null });
});
