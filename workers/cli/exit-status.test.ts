import { expect, it } from "vitest";
import { notStarted, type RunProgress } from "../../pipelines/retrain/progress.ts";
import type { RetrainResult } from "../../pipelines/retrain/result.ts";
import { exitStatus } from "./first-run.ts";

const promoted: RetrainResult = {
  decision: "promoted",
  reasons: [],
  decidedBy: null,
  job: "job",
  modelVersion: "m@1",
  endpoint: "e",
  traffic: { new: 100 },
  published: null,
};
const done: RunProgress = { ...notStarted, stages: notStarted.stages.map((stage) => ({ ...stage, status: "done" })) };
const answers = (deployedModelId: string) => ({ answer: { deployedModelId, milliseconds: 1, prediction: {} } });
const completed = (change: Partial<RetrainResult>) =>
  ({ ended: "completed", result: { ...promoted, ...change } }) as const;

it("is 0 when every stage did its work and the new model answers", () => {
  expect(exitStatus(completed({}), done, answers("new"))).toBe(0);
});

it("is 0 when there was nothing to do", () => {
  expect(
    exitStatus(
      completed({ decision: "refused", decidedBy: "an-earlier-run", traffic: null }),
      notStarted,
      answers("old"),
    ),
  ).toBe(0);
});

it.each([
  ["the run failed", { ended: "failed", message: "" } as const, done, answers("new")],
  ["the old model answers", completed({}), done, answers("old")],
  ["nothing answers", completed({}), done, { error: "UNAVAILABLE" }],
  ["a stage was never reached", completed({}), notStarted, answers("new")],
  ["the candidate was refused", completed({ decision: "refused" }), done, answers("new")],
])("is not 0 when %s", (_what, end, progress, served) => {
  expect(exitStatus(end, progress, served)).not.toBe(0);
});
