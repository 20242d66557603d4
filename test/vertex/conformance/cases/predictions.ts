import type { Case, Json, JsonObject, Step } from "../case.ts";
import { createEndpoint, deleteEndpoint } from "./endpoints.ts";
import { deleteModel, deployModel, undeployModel, uploadModel } from "./models.ts";

const reference = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints";

const ask = (method: string, request: JsonObject): Pick<Step, "call" | "rest" | "request"> => ({
  call: `PredictionService.${method[0]?.toUpperCase()}${method.slice(1)}`,
  rest: ["POST", `/v1/{endpoint}:${method}`, "*"],
  request: { endpoint: "<<endpoint>>", ...request },
});
const number = (value: number): JsonObject => ({ intVal: [value] });
const deployed = (explanationSpec?: JsonObject): readonly Step[] => [
  uploadModel(explanationSpec === undefined ? {} : { explanationSpec }),
  createEndpoint,
  deployModel,
];
const cleanUp = [undeployModel, deleteEndpoint, deleteModel];
const baseline = (value: Json): JsonObject => ({ inputBaselines: [value] });

export const predictionCases: readonly Case[] = [
  {
    name: "explanations are for a model that has an explanation spec",
    document: `${reference}/explain`,
    price: null,
    steps: [...deployed(), { ...ask("explain", { instances: [1] }), error: "FAILED_PRECONDITION" }],
    cleanUp,
  },
  {
    name: "attributions add up to what the prediction is above that of the baseline",
    document: "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ExplanationSpec",
    price: null,
    steps: [
      ...deployed({
        parameters: { sampledShapleyAttribution: { pathCount: 2 } },
        metadata: { inputs: { value: baseline(1) }, outputs: { double: {} } },
      }),
      {
        ...ask("explain", { instances: [4] }),
        expect: {
          predictions: [8],
          deployedModelId: "<<deployed>>",
          explanations: [
            { attributions: [{ baselineOutputValue: 2, instanceOutputValue: 8, featureAttributions: { value: 6 } }] },
          ],
        },
      },
    ],
    cleanUp,
  },
  {
    name: "a container without a port for gRPC takes no direct raw predictions",
    document: "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ModelContainerSpec",
    price: null,
    steps: [
      ...deployed(),
      {
        ...ask("directRawPredict", { methodName: "/grpc.health.v1.Health/Check", input: "" }),
        error: "FAILED_PRECONDITION",
      },
    ],
    cleanUp,
  },
  {
    name: "tensors are predicted, one output an input",
    document: `${reference}/directPredict`,
    price: null,
    steps: [
      ...deployed(),
      {
        ...ask("directPredict", { inputs: [number(2), number(3)] }),
        expect: { outputs: [{ intVal: [4] }, { intVal: [6] }] },
      },
    ],
    cleanUp,
  },
  {
    name: "a streamed prediction comes in messages",
    document: `${reference}/serverStreamingPredict`,
    price: null,
    steps: [
      ...deployed(),
      {
        ...ask("serverStreamingPredict", { inputs: [number(2), number(3)] }),
        stream: true,
        expect: { messages: [{ outputs: [{ intVal: [4] }, { intVal: [6] }] }] },
      },
    ],
    cleanUp,
  },
  {
    name: "predictions of an endpoint that isn't there, or has no model, are refused",
    document: reference,
    price: 0,
    steps: [
      createEndpoint,
      { ...ask("explain", { instances: [1] }), error: "FAILED_PRECONDITION" },
      { ...ask("directPredict", { inputs: [number(1)] }), error: "FAILED_PRECONDITION" },
      deleteEndpoint,
      { ...ask("explain", { instances: [1] }), error: "NOT_FOUND" },
      { ...ask("directRawPredict", { methodName: "/a.B/C", input: "" }), error: "NOT_FOUND" },
    ],
    cleanUp: [deleteEndpoint],
  },
];
