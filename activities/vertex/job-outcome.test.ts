import { describe, expect, test } from "vitest";
import { pipelineOutcome, runningTasks } from "./job-outcome.ts";

const artifact = (uri: string) => ({ artifacts: [{ uri }] });
const root = { taskId: 1, taskName: "train-and-evaluate", parentTaskId: 0 };
const customJob = "projects/1/locations/l/customJobs/7";

describe("pipelineOutcome", () => {
  test("collects artifacts and custom jobs of the tasks, and none of their groups", () => {
    const outcome = pipelineOutcome({
      name: "projects/p/locations/l/pipelineJobs/j",
      state: "PIPELINE_STATE_SUCCEEDED",
      jobDetail: {
        taskDetails: [
          { ...root, state: "SUCCEEDED" },
          {
            taskId: 2,
            parentTaskId: 1,
            taskName: "fine-tune",
            state: "SUCCEEDED",
            outputs: { model: artifact("gs://b/runs/j/2/model") },
            execution: {
              metadata: {
                fields: {
                  "output:gcp_resources": {
                    stringValue: JSON.stringify({
                      resources: [
                        {
                          resourceType: "CustomJob",
                          resourceUri: `https://l-aiplatform.googleapis.com/v1/${customJob}`,
                        },
                      ],
                    }),
                  },
                },
              },
            },
          },
          {
            taskId: 3,
            parentTaskId: 1,
            taskName: "evaluate",
            state: "SUCCEEDED",
            outputs: { evaluation: artifact("gs://b/e.json") },
            executorDetail: { containerDetail: { mainJob: "projects/1/locations/l/customJobs/8" } },
          },
        ],
      },
    });
    expect(outcome).toEqual({
      name: "projects/p/locations/l/pipelineJobs/j",
      state: "succeeded",
      error: null,
      artifacts: { "fine-tune.model": "gs://b/runs/j/2/model", "evaluate.evaluation": "gs://b/e.json" },
      customJobs: [customJob, "projects/1/locations/l/customJobs/8"],
    });
  });

  test("names the task that failed, in one sentence", () => {
    const outcome = pipelineOutcome({
      state: "PIPELINE_STATE_FAILED",
      error: { message: "a task failed" },
      jobDetail: {
        taskDetails: [
          { ...root, state: "FAILED", error: { message: "the group failed" } },
          {
            taskId: 2,
            parentTaskId: 1,
            taskName: "fine-tune",
            state: "FAILED",
            error: { message: "exit 2:\n  no such column" },
          },
        ],
      },
    });
    expect(outcome).toMatchObject({ state: "failed", error: "fine-tune failed: exit 2: no such column" });
  });

  test("is none while the job runs", () => {
    const job = {
      state: "PIPELINE_STATE_RUNNING",
      jobDetail: {
        taskDetails: [
          { ...root, state: "RUNNING" },
          { taskId: 2, parentTaskId: 1, taskName: "fine-tune", state: "RUNNING" },
          { taskId: 3, parentTaskId: 1, taskName: "evaluate", state: "PENDING" },
        ],
      },
    } satisfies Parameters<typeof pipelineOutcome>[0];
    expect(pipelineOutcome(job)).toBeNull();
    expect(runningTasks(job)).toEqual(["fine-tune"]);
  });
});
