import type { Case, Step } from "../case.ts";

const reference = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints";

export const createEndpoint: Step = {
  call: "EndpointService.CreateEndpoint",
  rest: ["POST", "/v1/{parent}/endpoints", "endpoint"],
  request: {
    parent: "<<parent>>",
    endpoint: { displayName: "conformance-<<unique>>", labels: { suite: "conformance" } },
  },
  operation: true,
  expect: { name: { $matches: "^projects/[^/]+/locations/[^/]+/endpoints/\\d+$" } },
  save: { endpoint: "name" },
};
export const deleteEndpoint: Step = {
  call: "EndpointService.DeleteEndpoint",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<endpoint>>" },
  operation: true,
};
const get: Omit<Step, "expect"> = {
  call: "EndpointService.GetEndpoint",
  rest: ["GET", "/v1/{name}"],
  request: { name: "<<endpoint>>" },
};

export const endpointCases: readonly Case[] = [
  {
    name: "an endpoint is created, read, changed by a mask, and deleted",
    document: reference,
    price: 0,
    steps: [
      createEndpoint,
      {
        ...get,
        expect: {
          name: "<<endpoint>>",
          displayName: "conformance-<<unique>>",
          labels: { suite: "conformance" },
          createTime: { $matches: "^\\d{4}-\\d\\d-\\d\\dT" },
          etag: { $matches: "." },
          deployedModels: { $absent: true },
          trafficSplit: { $absent: true },
        },
      },
      {
        call: "EndpointService.UpdateEndpoint",
        rest: ["PATCH", "/v1/{endpoint.name}", "endpoint"],
        request: {
          endpoint: { name: "<<endpoint>>", displayName: "changed-<<unique>>", description: "left alone" },
          updateMask: "displayName",
        },
        expect: { displayName: "changed-<<unique>>", description: { $absent: true }, labels: { suite: "conformance" } },
      },
      deleteEndpoint,
      { ...get, error: "NOT_FOUND" },
    ],
    cleanUp: [deleteEndpoint],
  },
  {
    name: "a list is filtered and masked",
    document: `${reference}/list`,
    price: 0,
    steps: [
      createEndpoint,
      {
        call: "EndpointService.ListEndpoints",
        rest: ["GET", "/v1/{parent}/endpoints"],
        request: { parent: "<<parent>>", filter: 'display_name="conformance-<<unique>>"', readMask: "name" },
        expect: {
          endpoints: [{ name: "<<endpoint>>", displayName: { $absent: true } }],
          nextPageToken: { $absent: true },
        },
      },
      {
        call: "EndpointService.ListEndpoints",
        rest: ["GET", "/v1/{parent}/endpoints"],
        request: { parent: "<<parent>>", filter: 'display_name="nothing-<<unique>>"' },
        expect: { endpoints: { $absent: true } },
      },
    ],
    cleanUp: [deleteEndpoint],
  },
  {
    name: "a split without deployed models is refused",
    document: `${reference}#Endpoint.FIELDS.traffic_split`,
    price: 0,
    steps: [
      createEndpoint,
      {
        call: "EndpointService.UpdateEndpoint",
        rest: ["PATCH", "/v1/{endpoint.name}", "endpoint"],
        request: { endpoint: { name: "<<endpoint>>", trafficSplit: { "123": 100 } }, updateMask: "trafficSplit" },
        error: "INVALID_ARGUMENT",
      },
      {
        call: "PredictionService.Predict",
        rest: ["POST", "/v1/{endpoint}:predict", "*"],
        request: { endpoint: "<<endpoint>>", instances: [1] },
        error: "FAILED_PRECONDITION",
      },
    ],
    cleanUp: [deleteEndpoint],
  },
];
