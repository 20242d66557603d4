import type { Case, JsonObject, Step } from "../case.ts";

const pipelines = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs";
const customJobs = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.customJobs";

/** One task, which ends well, or not. */
const spec = (script: string): JsonObject => ({
  pipelineInfo: { name: "conformance" },
  schemaVersion: "2.1.0",
  sdkVersion: "kfp-2.17.0",
  root: {
    inputDefinitions: { parameters: { count: { parameterType: "NUMBER_INTEGER", defaultValue: 1 } } },
    dag: { tasks: { one: { taskInfo: { name: "one" }, componentRef: { name: "comp-one" }, cachingOptions: {} } } },
  },
  components: { "comp-one": { executorLabel: "exec-one" } },
  deploymentSpec: {
    executors: { "exec-one": { container: { image: "<<image>>", command: ["sh", "-c"], args: [script] } } },
  },
});

const create = (script: string, more: JsonObject = {}): Step => ({
  call: "PipelineService.CreatePipelineJob",
  rest: ["POST", "/v1/{parent}/pipelineJobs", "pipelineJob"],
  request: {
    parent: "<<parent>>",
    pipelineJobId: "conformance-<<unique>>",
    pipelineJob: {
      displayName: "conformance-<<unique>>",
      labels: { suite: "conformance" },
      pipelineSpec: spec(script),
      runtimeConfig: { gcsOutputDirectory: "gs://<<bucket>>/conformance", ...more },
    },
  },
});
const job = "<<parent>>/pipelineJobs/conformance-<<unique>>";
const get: Pick<Step, "call" | "rest" | "request"> = {
  call: "PipelineService.GetPipelineJob",
  rest: ["GET", "/v1/{name}"],
  request: { name: job },
};
const cancel: Step = {
  call: "PipelineService.CancelPipelineJob",
  rest: ["POST", "/v1/{name}:cancel", "*"],
  request: { name: job },
};
const deleteJob: Step = {
  call: "PipelineService.DeletePipelineJob",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: job },
  operation: true,
};
const ended = ["PIPELINE_STATE_SUCCEEDED", "PIPELINE_STATE_FAILED", "PIPELINE_STATE_CANCELLED"];
const cleanUp = [cancel, { ...get, until: { field: "state", is: ended } }, deleteJob];

const createCustomJob = (script: string): Step => ({
  call: "JobService.CreateCustomJob",
  rest: ["POST", "/v1/{parent}/customJobs", "customJob"],
  request: {
    parent: "<<parent>>",
    customJob: {
      displayName: "conformance-<<unique>>",
      jobSpec: {
        workerPoolSpecs: [
          {
            machineSpec: { machineType: "e2-standard-4" },
            replicaCount: "1",
            containerSpec: { imageUri: "<<image>>", command: ["sh", "-c"], args: [script] },
          },
        ],
      },
    },
  },
  save: { job: "name" },
});
const getCustomJob: Pick<Step, "call" | "rest" | "request"> = {
  call: "JobService.GetCustomJob",
  rest: ["GET", "/v1/{name}"],
  request: { name: "<<job>>" },
};
const endedJob = ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"];
const deleteCustomJob: Step = {
  call: "JobService.DeleteCustomJob",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<job>>" },
  operation: true,
};

export const jobCases: readonly Case[] = [
  {
    name: "a pipeline job runs its task and succeeds",
    document: pipelines,
    // A run of a pipeline, and e2-standard-4 for about two minutes (https://cloud.google.com/vertex-ai/pricing#pipelines).
    price: 0.04,
    steps: [
      {
        ...create("true", { parameterValues: { count: 2 } }),
        expect: { name: job, state: { $matches: "PENDING|RUNNING|QUEUED" } },
      },
      { ...create("true"), error: "ALREADY_EXISTS" },
      {
        ...get,
        until: { field: "state", is: ended },
        expect: {
          state: "PIPELINE_STATE_SUCCEEDED",
          displayName: "conformance-<<unique>>",
          runtimeConfig: { parameterValues: { count: 2 } },
          startTime: { $matches: "T" },
          endTime: { $matches: "T" },
          error: { $absent: true },
        },
      },
      {
        call: "PipelineService.ListPipelineJobs",
        rest: ["GET", "/v1/{parent}/pipelineJobs"],
        request: {
          parent: "<<parent>>",
          filter:
            'display_name="conformance-<<unique>>" AND state="PIPELINE_STATE_SUCCEEDED" AND labels.suite=conformance',
          readMask: "name",
        },
        expect: { pipelineJobs: [{ name: job, displayName: { $absent: true } }] },
      },
    ],
    cleanUp,
  },
  {
    name: "a pipeline job of which a task fails, fails",
    document: `${pipelines}#PipelineTaskDetail`,
    price: 0.04,
    steps: [
      create("exit 3"),
      { ...get, until: { field: "state", is: ended }, expect: { state: "PIPELINE_STATE_FAILED", error: { code: 9 } } },
    ],
    cleanUp,
  },
  {
    name: "a cancelled pipeline job ends as cancelled, and is deleted only then",
    document: `${pipelines}/cancel`,
    price: 0.04,
    steps: [
      create("sleep 600"),
      { ...get, until: { field: "state", is: ["PIPELINE_STATE_RUNNING"] } },
      { ...deleteJob, error: "FAILED_PRECONDITION" },
      cancel,
      { ...get, until: { field: "state", is: ended }, expect: { state: "PIPELINE_STATE_CANCELLED" } },
      deleteJob,
      { ...get, error: "NOT_FOUND" },
    ],
    cleanUp,
  },
  {
    name: "a pipeline job is refused for a bad id, a parameter that isn't there, and no output directory",
    document: `${pipelines}/create`,
    price: 0,
    steps: [
      {
        ...create("true"),
        request: { ...create("true").request, pipelineJobId: "Not_An_Id" },
        error: "INVALID_ARGUMENT",
      },
      { ...create("true", { parameterValues: { colour: "red" } }), error: "INVALID_ARGUMENT" },
      { ...create("true", { gcsOutputDirectory: "" }), error: "INVALID_ARGUMENT" },
    ],
    cleanUp,
  },
  {
    name: "a custom job runs",
    document: customJobs,
    // e2-standard-4 for about two minutes (https://cloud.google.com/vertex-ai/pricing#custom-trained_models).
    price: 0.01,
    steps: [
      { ...createCustomJob("true"), expect: { state: { $matches: "PENDING|QUEUED" } } },
      {
        ...getCustomJob,
        until: { field: "state", is: endedJob },
        expect: { state: "JOB_STATE_SUCCEEDED", endTime: { $matches: "T" } },
      },
      deleteCustomJob,
      { ...getCustomJob, error: "NOT_FOUND" },
    ],
  },
  {
    name: "a custom job is cancelled",
    document: `${customJobs}/cancel`,
    price: 0.01,
    steps: [
      createCustomJob("sleep 600"),
      { call: "JobService.CancelCustomJob", rest: ["POST", "/v1/{name}:cancel", "*"], request: { name: "<<job>>" } },
      { ...getCustomJob, until: { field: "state", is: endedJob }, expect: { state: "JOB_STATE_CANCELLED" } },
    ],
    cleanUp: [deleteCustomJob],
  },
  {
    name: "a custom job needs a worker pool",
    document: `${customJobs}#CustomJobSpec`,
    price: 0,
    steps: [
      {
        call: "JobService.CreateCustomJob",
        rest: ["POST", "/v1/{parent}/customJobs", "customJob"],
        request: { parent: "<<parent>>", customJob: { displayName: "conformance-<<unique>>", jobSpec: {} } },
        error: "INVALID_ARGUMENT",
      },
    ],
  },
];

export const schedulable: JsonObject = create("true").request;
