import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkflowFailedError } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { createActivities } from "retemper/activities";
import { expect, it } from "vitest";
import type { Environment } from "../../activities/clients/environment.ts";
import { failureMessage } from "../../pipelines/jobs/failure-message.ts";
import { startTemporal } from "../support/temporal.ts";

const nowhere = "http://127.0.0.1:1";

it("a worker of somebody else's runs our workflows and activities beside its own", async () => {
  const recipes = await mkdtemp(join(tmpdir(), "retemper-theirs-"));
  const { environment: temporal } = await startTemporal();
  const environment: Environment = {
    project: "theirs",
    location: "us-central1",
    bucket: "theirs",
    recipes,
    trainerImage: "us-central1-docker.pkg.dev/theirs/theirs/trainer:latest",
    temporal: { address: temporal.address, namespace: "default", taskQueue: "theirs", uiUrl: null },
    vertex: { endpoint: "127.0.0.1:1", plaintext: true, console: null, pollSeconds: 1 },
    storage: { endpoint: nowhere, anonymous: true },
    hub: { url: nowhere, tokenVariable: null },
    registry: { endpoint: nowhere },
  };
  const { activities, close } = createActivities(environment);
  const theirs = { greet: async (name: string) => `Good evening, ${name}` };
  try {
    const worker = await Worker.create({
      connection: temporal.nativeConnection,
      taskQueue: "theirs",
      workflowsPath: join(import.meta.dirname, "theirs/workflows.ts"),
      activities: { ...activities, ...theirs },
    });
    const failure = await worker.runUntil(
      temporal.client.workflow
        .execute("nightly", { taskQueue: "theirs", workflowId: "nightly", args: ["absent"] })
        .catch((error: WorkflowFailedError) => failureMessage(error.cause)),
    );
    // Answered by our own activity, on their task queue.
    expect(failure).toContain("there is no recipe absent");
  } finally {
    await close();
    await temporal.teardown();
    await rm(recipes, { recursive: true });
  }
});
