import type { Case, JsonObject, Step } from "../case.ts";
import { createEndpoint, deleteEndpoint } from "./endpoints.ts";

const reference = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models";
const versioning = "https://cloud.google.com/vertex-ai/docs/model-registry/versioning";

/** Answers each number with its double. */
const server = `
const { createServer } = require("http");
createServer((request, response) => {
  if (request.url === process.env.AIP_HEALTH_ROUTE) return response.end("ok");
  let text = "";
  request.on("data", (part) => { text += part; }).on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ predictions: JSON.parse(text).instances.map((value) => value * 2) }));
  });
}).listen(process.env.AIP_HTTP_PORT);`;

const model = {
  displayName: "conformance-<<unique>>",
  containerSpec: {
    imageUri: "<<image>>",
    command: ["node", "-e"],
    args: [server],
    predictRoute: "/predict",
    healthRoute: "/health",
  },
};
const upload: Step = {
  call: "ModelService.UploadModel",
  rest: ["POST", "/v1/{parent}/models:upload", "*"],
  request: { parent: "<<parent>>", model },
  operation: true,
  expect: { modelVersionId: "1" },
  save: { model: "model" },
};
export const uploadModel = (more: JsonObject): Step => ({
  ...upload,
  request: { parent: "<<parent>>", model: { ...model, ...more } },
});
export const deleteModel: Step = {
  call: "ModelService.DeleteModel",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<model>>" },
  operation: true,
};
const get = (name: string): Pick<Step, "call" | "rest" | "request"> => ({
  call: "ModelService.GetModel",
  rest: ["GET", "/v1/{name}"],
  request: { name },
});
export const deployModel: Step = {
  call: "EndpointService.DeployModel",
  rest: ["POST", "/v1/{endpoint}:deployModel", "*"],
  request: {
    endpoint: "<<endpoint>>",
    deployedModel: {
      model: "<<model>>",
      dedicatedResources: { machineSpec: { machineType: "n1-standard-2" }, minReplicaCount: 1, maxReplicaCount: 1 },
    },
    trafficSplit: { "0": 100 },
  },
  operation: true,
  save: { deployed: "deployedModel.id" },
};
export const undeployModel: Step = {
  call: "EndpointService.UndeployModel",
  rest: ["POST", "/v1/{endpoint}:undeployModel", "*"],
  request: { endpoint: "<<endpoint>>", deployedModelId: "<<deployed>>" },
  operation: true,
};

export const modelCases: readonly Case[] = [
  {
    name: "versions are numbered, and an alias names one of them",
    document: versioning,
    price: 0,
    steps: [
      upload,
      {
        ...upload,
        request: { parent: "<<parent>>", parentModel: "<<model>>", model: { ...model, versionAliases: ["newest"] } },
        expect: { model: "<<model>>", modelVersionId: "2" },
        save: {},
      },
      { ...get("<<model>>"), expect: { versionId: "1", versionAliases: ["default"] } },
      { ...get("<<model>>@newest"), expect: { name: "<<model>>", versionId: "2" } },
      {
        call: "ModelService.MergeVersionAliases",
        rest: ["POST", "/v1/{name}:mergeVersionAliases", "*"],
        request: { name: "<<model>>@1", versionAliases: ["newest"] },
        expect: { versionId: "1", versionAliases: ["default", "newest"] },
      },
      { ...get("<<model>>@2"), expect: { versionAliases: { $absent: true } } },
      { ...get("<<model>>@nobody"), error: "NOT_FOUND" },
      {
        call: "ModelService.DeleteModelVersion",
        rest: ["DELETE", "/v1/{name}:deleteVersion"],
        request: { name: "<<model>>@2" },
        operation: true,
      },
      {
        call: "ModelService.ListModelVersions",
        rest: ["GET", "/v1/{name}:listVersions"],
        request: { name: "<<model>>" },
        expect: { models: [{ versionId: "1" }] },
      },
    ],
    cleanUp: [deleteModel],
  },
  {
    name: "an evaluation is kept with its version",
    document: `${reference}.evaluations`,
    price: 0,
    steps: [
      upload,
      {
        call: "ModelService.ImportModelEvaluation",
        rest: ["POST", "/v1/{parent}/evaluations:import", "*"],
        request: {
          parent: "<<model>>",
          modelEvaluation: {
            displayName: "accuracy",
            metricsSchemaUri: "gs://google-cloud-aiplatform/schema/modelevaluation/classification_metrics_1.0.0.yaml",
            metrics: { auPrc: 0.5 },
          },
        },
        expect: { displayName: "accuracy", metrics: { auPrc: 0.5 } },
        save: { evaluation: "name" },
      },
      {
        call: "ModelService.ListModelEvaluations",
        rest: ["GET", "/v1/{parent}/evaluations"],
        request: { parent: "<<model>>" },
        expect: { modelEvaluations: [{ name: "<<evaluation>>" }] },
      },
    ],
    cleanUp: [deleteModel],
  },
  {
    name: "a deployed model predicts, and is deleted only when it is undeployed",
    document: "https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements",
    price: null,
    steps: [
      upload,
      createEndpoint,
      deployModel,
      {
        call: "PredictionService.Predict",
        rest: ["POST", "/v1/{endpoint}:predict", "*"],
        request: { endpoint: "<<endpoint>>", instances: [1, 2] },
        expect: { predictions: [2, 4], deployedModelId: "<<deployed>>", model: "<<model>>", modelVersionId: "1" },
      },
      {
        call: "EndpointService.UpdateEndpoint",
        rest: ["PATCH", "/v1/{endpoint.name}", "endpoint"],
        request: {
          endpoint: { name: "<<endpoint>>", trafficSplit: { "<<deployed>>": 50 } },
          updateMask: "trafficSplit",
        },
        error: "INVALID_ARGUMENT",
      },
      { ...deleteModel, error: "FAILED_PRECONDITION" },
      undeployModel,
    ],
    cleanUp: [undeployModel, deleteEndpoint, deleteModel],
  },
  {
    name: "a copy remembers its source, as a model of its own or as a version of one",
    document: `${reference}/copy`,
    price: 0,
    steps: [
      upload,
      {
        call: "ModelService.CopyModel",
        rest: ["POST", "/v1/{parent}/models:copy", "*"],
        request: { parent: "<<parent>>", sourceModel: "<<model>>", modelId: "conformance_<<unique>>" },
        operation: true,
        expect: { model: { $matches: "/models/conformance_" }, modelVersionId: "1" },
        save: { copy: "model" },
      },
      {
        ...get("<<copy>>"),
        expect: { displayName: "conformance-<<unique>>", originalModelInfo: { model: { $matches: "/models/" } } },
      },
      {
        call: "ModelService.CopyModel",
        rest: ["POST", "/v1/{parent}/models:copy", "*"],
        request: { parent: "<<parent>>", sourceModel: "<<copy>>", parentModel: "<<model>>" },
        operation: true,
        expect: { model: { $matches: "/models/" }, modelVersionId: "2" },
      },
    ],
    cleanUp: [deleteModel, { ...deleteModel, request: { name: "<<copy>>" } }],
  },
  {
    name: "a model without artifacts is not exportable",
    document: `${reference}/export`,
    price: 0,
    steps: [
      upload,
      { ...get("<<model>>"), expect: { supportedExportFormats: { $absent: true } } },
      {
        call: "ModelService.ExportModel",
        rest: ["POST", "/v1/{name}:export", "*"],
        request: {
          name: "<<model>>",
          outputConfig: { artifactDestination: { outputUriPrefix: "gs://<<bucket>>/conformance" } },
        },
        error: "FAILED_PRECONDITION",
      },
    ],
    cleanUp: [deleteModel],
  },
];
