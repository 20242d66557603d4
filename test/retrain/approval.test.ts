import { WorkflowUpdateFailedError } from "@temporalio/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { approve, reject } from "../../pipelines/retrain/approval-desk.ts";
import { recordHistory } from "../support/history.ts";
import { House } from "../support/house.ts";
import { topicRows } from "../support/topics.ts";

let house: House;

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  await house.hub.commitTopics({ train: topicRows({ rows: 400, seed: 2 }), test: topicRows({ rows: 200, seed: 1 }) });
});
afterAll(() => house?.[Symbol.asyncDispose]());

it("waits for an engineer, refuses a nameless vote, and promotes on a yes", async () => {
  await house.writeRecipe("asking", { approval: { deadline: "10m" } });
  const run = await house.retrain({ recipe: "asking" }, "asking");
  await expect(run.handle.executeUpdate(approve, { args: [{ by: "too early" }] })).rejects.toThrow(
    WorkflowUpdateFailedError,
  );
  await run.reaches("approve");
  await expect(run.handle.executeUpdate(approve, { args: [{ by: " " }] })).rejects.toThrow(WorkflowUpdateFailedError);

  await run.handle.executeUpdate(approve, { args: [{ by: "Ada", reason: "looks right" }] });
  const result = await run.result();
  await recordHistory(house, run.workflowId, "approved");
  expect(result.decision).toBe("promoted");
  expect(result.reasons.join(" ")).toContain("Ada");
});

it("ends without a promotion on a no, and gives the reason", async () => {
  await house.writeRecipe("rejecting");
  const run = await house.retrain({ recipe: "rejecting", approval: true }, "rejecting");
  await run.reaches("approve");
  await run.handle.executeUpdate(reject, { args: [{ by: "Ada", reason: "not today" }] });
  const result = await run.result();
  await recordHistory(house, run.workflowId, "rejected");
  expect(result).toMatchObject({ decision: "rejected", modelVersion: null });
  expect(result.reasons.join(" ")).toContain("not today");
  expect(await house.vertex.endpoints()).not.toContain("rejecting");
});

it("takes silence until the deadline for a no", async () => {
  await house.writeRecipe("silent", { approval: { deadline: "1s" } });
  const result = await (await house.retrain({ recipe: "silent" }, "silent")).result();
  expect(result.decision).toBe("rejected");
  expect(await house.vertex.endpoints()).not.toContain("silent");
});
