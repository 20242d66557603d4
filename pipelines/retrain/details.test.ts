import { expect, it } from "vitest";
import { details } from "./details.ts";
import { notStarted, withDecision, withRestSkipped, withStage } from "./progress.ts";

it("says where the run stands, why, and what to do", () => {
  let progress = { ...notStarted, recipe: "topics", links: { "pipeline job": "https://example.com" } };
  progress = withStage(progress, "train", {
    status: "done",
    startedAt: "2026-11-24T10:00:00.000Z",
    endedAt: "2026-11-24T11:02:03.000Z",
    note: "1 custom job",
  }) as typeof progress;
  const waiting = withStage(progress, "approve", { status: "running", note: "**waits for you**" });
  expect(details(waiting)).toContain("### topics · approve");
  expect(details(waiting)).toContain("4. ✓ **train** · 1 h 2 min · 1 custom job");
  expect(details(waiting)).toContain("7. ▶ **approve** · **waits for you**");
  expect(details(waiting)).toContain("Links: [pipeline job](https://example.com)");

  const refused = withRestSkipped(withDecision(waiting, "refused", ["accuracy is 0.2."]));
  expect(details(refused)).toContain("### topics · refused\n- accuracy is 0.2.");
  expect(details(refused)).toContain("8. – **promote**");

  const failed = withStage(waiting, "promote", { status: "failed", note: "no capacity" });
  expect(details(failed)).toContain("### topics · failed at promote");
});

it("sets the candidate's metrics beside the champion's", () => {
  const candidate = { accuracy: 0.912_34, macroF1: 0.9, loss: 0.25 };
  expect(details({ ...notStarted, metrics: { candidate, champion: null } })).toContain(
    "On the test split: accuracy **0.912** · macroF1 **0.900** · loss **0.250**",
  );
  const champion = { accuracy: 0.85, macroF1: 0.84, loss: 0.5 };
  expect(details({ ...notStarted, metrics: { candidate, champion } })).toContain("accuracy **0.912** (champion 0.850)");
});
