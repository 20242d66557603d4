import { setTimeout as sleep } from "node:timers/promises";
import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from "@temporalio/client";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import { milliseconds } from "../../pipelines/schema/duration.ts";
import { scheduleId, workflowTypes } from "./names.ts";

const catchupWindow = "1 hour";

/**
 * Makes the Temporal Schedule of a recipe what the recipe says: created, updated in place, or deleted when the recipe
 * has none any more. A pause made by hand or by a failed run stays; the recipe's `paused` holds at the creation.
 */
export async function applySchedule(
  client: Client,
  taskQueue: string,
  recipe: Recipe,
): Promise<"created" | "updated" | "deleted" | "none"> {
  const id = scheduleId(recipe.name);
  const handle = client.schedule.getHandle(id);
  if (!recipe.schedule) {
    return await handle.delete().then(() => "deleted" as const, ignoring(ScheduleNotFoundError, "none" as const));
  }
  const spec = { intervals: [{ every: milliseconds(recipe.schedule.every) }] };
  const action = {
    type: "startWorkflow" as const,
    workflowType: workflowTypes.retrain,
    // Temporal appends the time: the data date.
    workflowId: `retrain-${recipe.name}`,
    taskQueue,
    args: [{ recipe: recipe.name }],
    staticSummary: `retrain ${recipe.name}, on schedule`,
  };
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow, pauseOnFailure: true } as const;
  const paused = recipe.schedule.paused;
  const created = await client.schedule
    .create({ scheduleId: id, spec, action, policies, state: { paused } })
    .then(() => true, ignoring(ScheduleAlreadyRunning, false));
  if (created) return "created";
  await handle.update((previous) => ({ ...previous, spec, action, policies }));
  return "updated";
}

/** Lets the schedule start a run now, unless one of its runs is under way, and returns that run's workflow id. */
export async function triggerSchedule(client: Client, recipe: string): Promise<string> {
  const handle = client.schedule.getHandle(scheduleId(recipe));
  const { info: before } = await handle.describe();
  const [running] = before.runningActions;
  if (running) return running.workflow.workflowId;
  const earlier = new Set(before.recentActions.map(({ action }) => action.workflow.workflowId));
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  for (let look = 0; look < 100; look++) {
    const { info } = await handle.describe();
    const started = info.recentActions
      .map(({ action }) => action.workflow.workflowId)
      .find((workflowId) => !earlier.has(workflowId));
    if (started) return started;
    await sleep(100);
  }
  throw new Error(`The schedule ${handle.scheduleId} was triggered, and started no run within 10 s.`);
}

function ignoring<Value>(kind: abstract new (...args: never[]) => Error, value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof kind) return value;
    throw error;
  };
}
