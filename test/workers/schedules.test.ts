import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseRecipe } from "../../activities/resolve/read-recipe.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import { applySchedule, triggerSchedule } from "../../workers/client/schedules.ts";
import { startTemporal } from "../support/temporal.ts";

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  temporal = (await startTemporal()).environment;
});
afterAll(() => temporal?.teardown());

function recipe(name: string, schedule: string): Recipe {
  const text = `
name: ${name}
task: text-classification
model: { base: owner/model }
data: { source: hub, dataset: owner/data, train: train.parquet }
train: { hardware: { tpu: v5e, topology: 1x1 } }
gate: {}
promote: { endpoint: ${name} }
${schedule}`;
  return parseRecipe(text, `${name}.yaml`);
}

describe("a recipe's schedule", () => {
  it("skips overlaps, catches up an hour, and pauses on failure", async () => {
    const { client } = temporal;
    expect(await applySchedule(client, "unserved", recipe("made", "schedule: { every: 6h }"))).toBe("created");
    const made = await client.schedule.getHandle("retrain-made").describe();
    expect(made.policies).toMatchObject({ overlap: "SKIP", catchupWindow: 3_600_000, pauseOnFailure: true });
    expect(made.spec.intervals).toMatchObject([{ every: 21_600_000 }]);
    expect(made.action).toMatchObject({ workflowType: "retrain", taskQueue: "unserved", args: [{ recipe: "made" }] });
  });

  it("is updated in place, and a pause made by hand stays", async () => {
    const { client } = temporal;
    await applySchedule(client, "unserved", recipe("changed", "schedule: { every: 6h }"));
    const handle = client.schedule.getHandle("retrain-changed");
    await handle.pause("we look into something");
    expect(await applySchedule(client, "unserved", recipe("changed", "schedule: { every: 12h }"))).toBe("updated");
    const changed = await handle.describe();
    expect(changed.spec.intervals).toMatchObject([{ every: 43_200_000 }]);
    expect(changed.state).toMatchObject({ paused: true, note: "we look into something" });
  });

  it("goes when the recipe has none any more", async () => {
    const { client } = temporal;
    await applySchedule(client, "unserved", recipe("gone", "schedule: { every: 6h }"));
    expect(await applySchedule(client, "unserved", recipe("gone", ""))).toBe("deleted");
    await expect(client.schedule.getHandle("retrain-gone").describe()).rejects.toMatchObject({
      name: "ScheduleNotFoundError",
    });
    expect(await applySchedule(client, "unserved", recipe("gone", ""))).toBe("none");
  });

  it("starts a run when triggered, and names the one under way when triggered again", async () => {
    const { client } = temporal;
    await applySchedule(client, "unserved", recipe("triggered", "schedule: { every: 6h }"));
    const first = await triggerSchedule(client, "triggered");
    expect(first).toMatch(/^retrain-triggered-\d{4}-/);
    expect(await triggerSchedule(client, "triggered")).toBe(first);
    const { status, type } = await client.workflow.getHandle(first).describe();
    expect({ status: status.name, type }).toEqual({ status: "RUNNING", type: "retrain" });
  });
});
