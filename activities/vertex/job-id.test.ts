import fc from "fast-check";
import { expect, test } from "vitest";
import type { PipelineSubmission } from "../../pipelines/jobs/job.ts";
import { pipelineJobId } from "./job-id.ts";

const submission: PipelineSubmission = {
  specUri: "gs://b/specs/1.json",
  specDigest: "1",
  parameters: { dataset: "gs://b/d", nested: { a: 1, b: 2 } },
  workflowId: "retrain-sections-2026-01-01T00:00:00Z",
  stage: "train",
  labels: {},
  displayName: "x",
};

test("keeps Vertex's rule for ids, whatever the workflow is called", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.string({ maxLength: 60 }),
      fc.integer({ min: 1, max: 999 }),
      (workflowId, stage, attempt) => {
        expect(pipelineJobId({ ...submission, workflowId, stage }, attempt)).toMatch(/^[a-z][-a-z0-9]{0,127}$/);
      },
    ),
  );
});

test("is the same for the same work, in whatever order its parameters stand", () => {
  const parameters = { nested: { b: 2, a: 1 }, dataset: "gs://b/d" };
  expect(pipelineJobId({ ...submission, parameters }, 1)).toBe(pipelineJobId(submission, 1));
});

test.each([
  ["attempt", submission, 2],
  ["spec", { ...submission, specDigest: "2" }, 1],
  ["parameter", { ...submission, parameters: { dataset: "gs://b/other" } }, 1],
  ["stage", { ...submission, stage: "evaluate" }, 1],
  ["run", { ...submission, workflowId: "retrain-sections-2026-01-01t00:00:00z" }, 1],
] as [string, PipelineSubmission, number][])("is another for another %s", (_name, other, attempt) => {
  expect(pipelineJobId(other, attempt)).not.toBe(pipelineJobId(submission, 1));
});
