import type { Case, JsonObject, Step } from "../case.ts";

const trainings = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.trainingPipelines";
const tunings = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.hyperparameterTuningJobs";

const pools = (script: string): readonly JsonObject[] => [
  {
    machineSpec: { machineType: "e2-standard-4" },
    replicaCount: "1",
    containerSpec: { imageUri: "<<image>>", command: ["sh", "-c"], args: [script] },
  },
];
const create = (trainingPipeline: JsonObject): Step => ({
  call: "PipelineService.CreateTrainingPipeline",
  rest: ["POST", "/v1/{parent}/trainingPipelines", "trainingPipeline"],
  request: { parent: "<<parent>>", trainingPipeline: { displayName: "conformance-<<unique>>", ...trainingPipeline } },
  save: { training: "name" },
});
const get: Pick<Step, "call" | "rest" | "request"> = {
  call: "PipelineService.GetTrainingPipeline",
  rest: ["GET", "/v1/{name}"],
  request: { name: "<<training>>" },
};
const deleteTraining: Step = {
  call: "PipelineService.DeleteTrainingPipeline",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<training>>" },
  operation: true,
};
const customTask = "gs://google-cloud-aiplatform/schema/trainingjob/definition/custom_task_1.0.0.yaml";

const createTuning = (hyperparameterTuningJob: JsonObject): Step => ({
  call: "JobService.CreateHyperparameterTuningJob",
  rest: ["POST", "/v1/{parent}/hyperparameterTuningJobs", "hyperparameterTuningJob"],
  request: { parent: "<<parent>>", hyperparameterTuningJob },
  save: { tuning: "name" },
});
const tuning = {
  displayName: "conformance-<<unique>>",
  studySpec: {
    metrics: [{ metricId: "accuracy", goal: "MAXIMIZE" }],
    parameters: [{ parameterId: "rate", doubleValueSpec: { minValue: 0, maxValue: 1 } }],
    medianAutomatedStoppingSpec: { useElapsedDuration: false },
  },
  maxTrialCount: 1,
  parallelTrialCount: 1,
  maxFailedTrialCount: 1,
  trialJobSpec: { workerPoolSpecs: pools("true") },
};

export const trainingCases: readonly Case[] = [
  {
    name: "a training pipeline of own code runs",
    document: trainings,
    // e2-standard-4 for about two minutes (https://cloud.google.com/vertex-ai/pricing#custom-trained_models).
    price: 0.01,
    steps: [
      {
        ...create({
          trainingTaskDefinition: customTask,
          trainingTaskInputs: { workerPoolSpecs: pools("true") },
        }),
        expect: { trainingTaskDefinition: customTask, state: { $matches: "PENDING|QUEUED|RUNNING" } },
      },
      {
        ...get,
        until: {
          field: "state",
          is: ["PIPELINE_STATE_SUCCEEDED", "PIPELINE_STATE_FAILED", "PIPELINE_STATE_CANCELLED"],
        },
        expect: {
          state: "PIPELINE_STATE_SUCCEEDED",
          trainingTaskMetadata: { backingCustomJob: { $matches: "/customJobs/\\d+$" } },
          endTime: { $matches: "T" },
        },
      },
      deleteTraining,
      { ...get, error: "NOT_FOUND" },
    ],
    cleanUp: [deleteTraining],
  },
  {
    name: "a training pipeline needs a definition, and inputs that fit it",
    document: `${trainings}/create`,
    price: 0,
    steps: [
      { ...create({ trainingTaskInputs: {} }), error: "INVALID_ARGUMENT", save: {} },
      {
        ...create({ trainingTaskDefinition: customTask, trainingTaskInputs: { workerPoolSpecs: [] } }),
        error: "INVALID_ARGUMENT",
        save: {},
      },
    ],
  },
  {
    name: "a trial that never reports its metric is infeasible",
    document: "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/Trial",
    price: 0.01,
    steps: [
      { ...createTuning(tuning), expect: { state: { $matches: "PENDING|QUEUED" } } },
      {
        call: "JobService.GetHyperparameterTuningJob",
        rest: ["GET", "/v1/{name}"],
        request: { name: "<<tuning>>" },
        until: { field: "state", is: ["JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED"] },
        expect: { state: "JOB_STATE_FAILED", trials: [{ id: "1", state: "INFEASIBLE" }] },
      },
    ],
    cleanUp: [
      {
        call: "JobService.DeleteHyperparameterTuningJob",
        rest: ["DELETE", "/v1/{name}"],
        request: { name: "<<tuning>>" },
        operation: true,
      },
    ],
  },
  {
    name: "a tuning job needs metrics and trials",
    document: `${tunings}/create`,
    price: 0,
    steps: [
      {
        ...createTuning({ ...tuning, studySpec: { ...tuning.studySpec, metrics: [] } }),
        error: "INVALID_ARGUMENT",
        save: {},
      },
      { ...createTuning({ ...tuning, maxTrialCount: 0 }), error: "INVALID_ARGUMENT", save: {} },
    ],
  },
];
