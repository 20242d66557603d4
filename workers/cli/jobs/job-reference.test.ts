import { describe, expect, test } from "vitest";
import { consolePage, jobName, parseJobReference } from "./job-reference.ts";

const nowhere = { project: undefined, location: undefined };
const job = { project: "my-project", location: "europe-west4", id: "train-20260101" };

describe("a job is named by", () => {
  test.each([
    ["its resource name", jobName(job)],
    ["an address of the API", `https://europe-west4-aiplatform.googleapis.com/v1/${jobName(job)}`],
    ["its page in the console", consolePage(job)],
    [
      "the page's older address",
      "https://console.cloud.google.com/vertex-ai/pipelines/locations/europe-west4/runs/train-20260101?project=my-project&authuser=1",
    ],
    ["its page on another host", `${consolePage(job).replace("?", "/graph?")}#tab`],
  ])("%s", (_, text) => {
    expect(parseJobReference(text, nowhere)).toEqual(job);
  });

  test("its id, where project and region are said", () => {
    expect(parseJobReference(job.id, job)).toEqual(job);
  });

  test("a page without a project, where that is said", () => {
    const page = consolePage(job).split("?")[0] ?? "";
    expect(parseJobReference(page, { ...nowhere, project: "other" })).toEqual({ ...job, project: "other" });
  });
});

describe("what names no job is refused", () => {
  test.each([
    ["projects/p/locations/l/endpoints/7", "INVALID_JOB"],
    ["Train 1", "INVALID_JOB"],
    ["", "INVALID_JOB"],
    ["train-20260101", "INCOMPLETE_JOB"],
  ])("%j", (text, code) => {
    expect(() => parseJobReference(text, nowhere)).toThrow(expect.objectContaining({ code }));
  });
});
