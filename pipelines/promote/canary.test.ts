import { expect, it } from "vitest";
import type { PromotePolicy } from "../retrain/recipe.ts";
import { canaryFailure, canarySteps, count, nothingCounted } from "./canary.ts";

const policy: PromotePolicy = {
  endpoint: "example",
  machine: "c3-standard-4",
  replicas: 1,
  canary: [
    { percent: 50, bake: "1m" },
    { percent: 10, bake: "1m" },
  ],
  maxErrorRate: 0.05,
  maxLatency: "1s",
  cooldown: "1m",
};

it("goes up, step by step, and straight to 100 where nothing serves", () => {
  expect(canarySteps(policy, true).map((step) => step.percent)).toEqual([10, 50]);
  expect(canarySteps(policy, false)).toEqual([]);
});

it("counts only the candidate's requests, and every error that nobody owns", () => {
  const report = {
    byDeployedModel: {
      old: { requests: 90, errors: 90, p95Milliseconds: 9_000 },
      new: { requests: 10, errors: 0, p95Milliseconds: 20 },
    },
    unattributedErrors: 0,
  };
  expect(canaryFailure(policy, count(nothingCounted, report, "new"))).toBeNull();
  expect(canaryFailure(policy, count(nothingCounted, { ...report, unattributedErrors: 3 }, "new"))).not.toBeNull();
});

it("fails on errors, on slowness, and not on silence", () => {
  const probe = (errors: number, p95Milliseconds: number) =>
    canaryFailure(
      policy,
      count(
        nothingCounted,
        { byDeployedModel: { new: { requests: 20, errors, p95Milliseconds } }, unattributedErrors: 0 },
        "new",
      ),
    );
  expect(probe(1, 20)).toBeNull();
  expect(probe(2, 20)).toContain("2 of 20");
  expect(probe(0, 1_001)).toContain("1001 ms");
  expect(canaryFailure(policy, nothingCounted)).toBeNull();
});
