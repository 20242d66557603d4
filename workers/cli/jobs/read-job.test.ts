import { expect, test } from "vitest";
import { toProtobufValue } from "../../../activities/vertex/values.ts";
import { bareArtifacts, readJob } from "./read-job.ts";

const store = "projects/p/locations/l/metadataStores/default/artifacts";
const full = { name: `${store}/1`, uri: "gs://b/1", schemaTitle: "system.Dataset" };
const message = {
  name: "projects/p/locations/l/pipelineJobs/j",
  state: "PIPELINE_STATE_FAILED" as const,
  jobDetail: {
    taskDetails: [
      {
        taskId: 7,
        taskName: "train",
        state: "FAILED" as const,
        executorDetail: { containerDetail: { mainJob: "projects/p/locations/l/customJobs/2", failedMainJobs: [""] } },
        execution: { metadata: { fields: { "input:rate": toProtobufValue(0.1), note: toProtobufValue("not one") } } },
        inputs: { data: { artifacts: [full, { name: `${store}/2` }] } },
        outputs: { model: { artifacts: [{ name: `${store}/2` }, { name: `${store}/3` }] } },
      },
    ],
  },
};

test("artifacts that a task only names are told of, each once, and taken from what else is known", () => {
  expect(bareArtifacts(message)).toEqual([`${store}/2`, `${store}/3`]);
  const known = new Map([[`${store}/2`, { name: `${store}/2`, uri: "gs://b/2", schemaTitle: "system.Model" }]]);
  const [task] = readJob(message, {}, known).tasks;
  expect(task).toMatchObject({
    id: "7",
    parent: null,
    jobs: ["projects/p/locations/l/customJobs/2"],
    inputs: { parameters: { rate: 0.1 }, artifacts: { data: [{ uri: "gs://b/1" }, { uri: "gs://b/2" }] } },
    outputs: { artifacts: { model: [{ schemaTitle: "system.Model" }, { name: `${store}/3`, uri: "" }] } },
  });
  expect(task?.inputs.parameters).not.toHaveProperty("note");
});
