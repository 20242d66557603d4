import type { Case, Step } from "../case.ts";

const reference = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.metadataStores";
const store = "<<parent>>/metadataStores/default";

const createArtifact = (title: string, saved: string): Step => ({
  call: "MetadataService.CreateArtifact",
  rest: ["POST", "/v1/{parent}/artifacts", "artifact"],
  request: {
    parent: store,
    artifact: {
      displayName: `${saved}-<<unique>>`,
      schemaTitle: title,
      schemaVersion: "0.0.1",
      uri: "gs://<<bucket>>/x",
      state: "LIVE",
    },
  },
  expect: { schemaTitle: title, state: "LIVE" },
  save: { [saved]: "name" },
});
const deleteArtifact = (saved: string): Step => ({
  call: "MetadataService.DeleteArtifact",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: `<<${saved}>>` },
  operation: true,
});
const deleteExecution: Step = {
  call: "MetadataService.DeleteExecution",
  rest: ["DELETE", "/v1/{name}"],
  request: { name: "<<execution>>" },
  operation: true,
};

export const metadataCases: readonly Case[] = [
  {
    name: "lineage leads from what came out to what went in",
    document: `${reference}.artifacts/queryArtifactLineageSubgraph`,
    price: 0,
    steps: [
      createArtifact("system.Dataset", "data"),
      createArtifact("system.Model", "model"),
      {
        call: "MetadataService.CreateExecution",
        rest: ["POST", "/v1/{parent}/executions", "execution"],
        request: {
          parent: store,
          execution: {
            displayName: "fit",
            schemaTitle: "system.ContainerExecution",
            schemaVersion: "0.0.1",
            state: "COMPLETE",
          },
        },
        save: { execution: "name" },
      },
      {
        call: "MetadataService.AddExecutionEvents",
        rest: ["POST", "/v1/{execution}:addExecutionEvents", "*"],
        request: {
          execution: "<<execution>>",
          events: [
            { artifact: "<<data>>", type: "INPUT" },
            { artifact: "<<model>>", type: "OUTPUT" },
          ],
        },
      },
      {
        call: "MetadataService.QueryArtifactLineageSubgraph",
        rest: ["GET", "/v1/{artifact}:queryArtifactLineageSubgraph"],
        request: { artifact: "<<model>>", filter: 'schema_title="system.Dataset"' },
        expect: { artifacts: [{ name: "<<data>>" }] },
      },
      {
        call: "MetadataService.QueryArtifactLineageSubgraph",
        rest: ["GET", "/v1/{artifact}:queryArtifactLineageSubgraph"],
        request: { artifact: "<<model>>", maxHops: -1 },
        error: "INVALID_ARGUMENT",
      },
      {
        call: "MetadataService.ListArtifacts",
        rest: ["GET", "/v1/{parent}/artifacts"],
        request: { parent: store, filter: 'display_name="data-<<unique>>"' },
        expect: { artifacts: [{ name: "<<data>>", schemaTitle: "system.Dataset" }] },
      },
    ],
    cleanUp: [deleteArtifact("data"), deleteArtifact("model"), deleteExecution],
  },
];
