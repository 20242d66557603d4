import { Worker } from "@temporalio/worker";
import { expect, test } from "vitest";
import { whileAlive } from "../../activities/progress.ts";
import { currentActivity } from "../../workers/client/runs.ts";
import { startTemporal } from "../support/temporal.ts";
import { until } from "../support/vertex-view.ts";

test("an activity is heard while it runs, and why it failed while it waits for its next try", async () => {
  const { environment } = await startTemporal();
  const ended = Promise.withResolvers<void>();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: "heard",
    workflowsPath: `${import.meta.dirname}/heard-workflow.ts`,
    activities: {
      speak: () =>
        whileAlive(
          () => "reading, 12 of 20 pieces",
          () => ended.promise,
        ),
    },
  });
  try {
    await worker.runUntil(async () => {
      const handle = await environment.client.workflow.start("heard", { taskQueue: "heard", workflowId: "heard" });
      const says = async (words: string) =>
        until(async () => (await currentActivity(environment.client, "heard")) === words);
      await says("reading, 12 of 20 pieces");
      ended.reject(new Error("the disk is full"));
      await says("the disk is full");
      await handle.terminate();
    });
  } finally {
    await environment.teardown();
  }
  expect(worker.getState()).toBe("STOPPED");
}, 60_000);
