import { randomUUID } from "node:crypto";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PromoteRequest } from "../../pipelines/promote/request.ts";
import { isValidSplit } from "../../pipelines/promote/traffic.ts";
import type { promote } from "../../pipelines/promote/workflow.ts";
import { startTemporal } from "../support/temporal.ts";
import { InMemoryEndpoint } from "./in-memory-endpoint.ts";

let temporal: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  [{ environment: temporal }, workflowBundle] = await Promise.all([
    startTemporal(),
    bundleWorkflowCode({ workflowsPath: new URL("../../pipelines/workflows.ts", import.meta.url).pathname }),
  ]);
});
afterAll(() => temporal.teardown());

function request(endpoint: string): PromoteRequest & { image: string } {
  return {
    model: { from: "storage", uri: "gs://bucket/model" },
    target: {
      endpoint,
      machine: "c3-standard-4",
      replicas: 1,
      canary: [
        { percent: 10, bake: "5ms" },
        { percent: 50, bake: "5ms" },
      ],
      maxErrorRate: 0.01,
      cooldown: "5ms",
    },
    image: "trainer",
  };
}

async function promoted(target: InMemoryEndpoint, cancelAt?: { name: string; after: number }) {
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowBundle,
    activities: target.activities(),
  });
  return worker.runUntil(async () => {
    const endpoint = `e-${randomUUID()}`;
    const handle = await temporal.client.workflow.start<typeof promote>("promote", {
      taskQueue,
      workflowId: randomUUID(),
      args: [request(endpoint)],
    });
    if (cancelAt) {
      target.onCall = (name, calls) => {
        if (name === cancelAt.name && calls === cancelAt.after) void handle.cancel();
      };
    }
    return handle.result().then(
      (result) => ({ result, error: null }),
      (error: unknown) => ({ result: null, error }),
    );
  });
}

describe("a release that works", () => {
  it.concurrent("gives the first model of an endpoint everything, after its smoke test", async () => {
    const target = new InMemoryEndpoint(false);
    const { error } = await promoted(target);
    expect(error).toBeNull();
    expect(target.splits).toEqual([{}, { new: 100 }]);
    expect(target.alias).toBe("m@2");
  });

  it.concurrent("climbs the canary steps, retires the old model, and moves the alias", async () => {
    const target = new InMemoryEndpoint(true);
    const { error } = await promoted(target);
    expect(error).toBeNull();
    expect(target.splits).toEqual([{ old: 100 }, { new: 10, old: 90 }, { new: 50, old: 50 }, { new: 100 }]);
    expect(target.deployed.map(({ id }) => id)).toEqual(["new"]);
    expect(target.alias).toBe("m@2");
  });
});

describe.each([true, false])("where something serves already: %s", (serving) => {
  const steps = [
    ["registerModel", 0],
    ["ensureEndpoint", 0],
    ["sampleInstances", 0],
    ["smokeTest", 0],
    ["deployModel", 0],
    ["setTraffic", 0],
    ...(serving
      ? ([
          ["probeEndpoint", 0],
          ["probeEndpoint", 7],
          ["setTraffic", 1],
          ["setTraffic", 2],
        ] as const)
      : []),
  ] as const;

  it.concurrent.each(steps)("a failure of %s (after %i) leaves everything as it was", async (name, after) => {
    const target = new InMemoryEndpoint(serving);
    const before = target.state();
    target.failing = { name, after };
    const { error } = await promoted(target);
    expect(error).not.toBeNull();
    expect(target.state()).toEqual(before);
    expect(target.splits.every(isValidSplit)).toBe(true);
    expect(target.alias).toBeNull();
  });

  it.concurrent.each(steps)("a cancellation at %s (after %i) is all or nothing", async (name, after) => {
    const target = new InMemoryEndpoint(serving);
    const before = target.state();
    await promoted(target, { name, after });
    // A cancellation travels from parent to child while the release goes on: it may come too late. Then all of it is done.
    if (target.alias === null) expect(target.state()).toEqual(before);
    else expect(target).toMatchObject({ alias: "m@2", traffic: { new: 100 }, deployed: [{ id: "new" }] });
  });
});

it("a canary that answers with errors loses its traffic", async () => {
  const target = new InMemoryEndpoint(true);
  target.probeErrors = 1;
  const { error } = await promoted(target);
  expect(error).not.toBeNull();
  expect(target.splits.at(-1)).toEqual({ old: 100 });
  expect(target.deployed.map(({ id }) => id)).toEqual(["old"]);
});
