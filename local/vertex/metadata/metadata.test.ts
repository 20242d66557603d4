import { helpers, v1 } from "@google-cloud/aiplatform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parent, type TestVertex, testVertex, until } from "../testing/harness.ts";

const store = `${parent}/metadataStores/default`;
let server: TestVertex;
let client: v1.MetadataServiceClient;
beforeAll(async () => {
  server = await testVertex();
  client = new v1.MetadataServiceClient(server.client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

/** A name that is there. */
const nameOf = ({ name }: { name?: string | null }) => name ?? "";
const struct = (json: object) => (helpers.toValue(json) as { structValue?: object }).structValue ?? {};

const script = (output: string) =>
  `const { writeFileSync, mkdirSync } = require("fs"); const [path] = process.argv.slice(-1); ` +
  `mkdirSync(require("path").dirname(path), { recursive: true }); writeFileSync(path, "${output}")`;

/** Two tasks: the second takes the artifact that the first makes. */
const spec = {
  pipelineInfo: { name: "lineage" },
  schemaVersion: "2.1.0",
  root: {
    dag: {
      tasks: {
        make: {
          taskInfo: { name: "make" },
          componentRef: { name: "comp-make" },
          inputs: { parameters: { text: { runtimeValue: { constant: "x" } } } },
        },
        take: {
          taskInfo: { name: "take" },
          componentRef: { name: "comp-take" },
          dependentTasks: ["make"],
          inputs: { artifacts: { data: { taskOutputArtifact: { producerTask: "make", outputArtifactKey: "data" } } } },
        },
      },
    },
  },
  components: {
    "comp-make": {
      executorLabel: "exec-make",
      inputDefinitions: { parameters: { text: { parameterType: "STRING" } } },
      outputDefinitions: {
        artifacts: { data: { artifactType: { schemaTitle: "system.Dataset", schemaVersion: "0.0.1" } } },
      },
    },
    "comp-take": {
      executorLabel: "exec-take",
      inputDefinitions: {
        artifacts: { data: { artifactType: { schemaTitle: "system.Dataset", schemaVersion: "0.0.1" } } },
      },
      outputDefinitions: {
        artifacts: { model: { artifactType: { schemaTitle: "system.Model", schemaVersion: "0.0.1" } } },
      },
    },
  },
  deploymentSpec: {
    executors: {
      "exec-make": container(["{{$.outputs.artifacts['data'].path}}"]),
      "exec-take": container(["{{$.inputs.artifacts['data'].path}}", "{{$.outputs.artifacts['model'].path}}"]),
    },
  },
};

function container(args: string[]) {
  return { container: { image: "example.com/node", command: ["node", "-e", script("0")], args } };
}

test("a pipeline job leaves contexts, executions, artifacts and events", async () => {
  const pipelines = new v1.PipelineServiceClient(server.client);
  const [job] = await pipelines.createPipelineJob({
    parent,
    pipelineJobId: "lineage-run",
    pipelineJob: { pipelineSpec: struct(spec), runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" } },
  });
  const name = job.name ?? "";
  await until(
    async () => (await pipelines.getPipelineJob({ name }))[0],
    ({ state }) => state === "PIPELINE_STATE_SUCCEEDED",
  );

  const [runs] = await client.listContexts({ parent: store, filter: 'schema_title="system.PipelineRun"' });
  expect(runs).toMatchObject([
    { name: `${store}/contexts/lineage-run`, parentContexts: [`${store}/contexts/lineage`] },
  ]);
  const [ofPipeline] = await client.listContexts({
    parent: store,
    filter: `parent_contexts:"${store}/contexts/lineage"`,
  });
  expect(ofPipeline.map((context) => context.name)).toEqual([`${store}/contexts/lineage-run`]);

  const context = `${store}/contexts/lineage-run`;
  const [run] = await client.queryContextLineageSubgraph({ context });
  expect(
    run.executions?.map(({ displayName, schemaTitle, state }) => [displayName, schemaTitle, state]).sort(),
  ).toEqual([
    ["lineage-run", "system.Run", "COMPLETE"],
    ["make", "system.ContainerExecution", "COMPLETE"],
    ["take", "system.ContainerExecution", "COMPLETE"],
  ]);
  const [models] = await client.listArtifacts({
    parent: store,
    filter: `in_context("${context}") AND schema_title="system.Model"`,
  });
  expect(models).toMatchObject([{ displayName: "model", state: "LIVE", uri: expect.stringContaining("lineage-run") }]);

  const artifact = models[0]?.name ?? "";
  const [near] = await client.queryArtifactLineageSubgraph({ artifact, maxHops: 1 });
  expect(near.executions?.map(({ displayName }) => displayName)).toEqual(["take"]);
  const [all] = await client.queryArtifactLineageSubgraph({ artifact });
  expect(all.executions?.map(({ displayName }) => displayName).sort()).toEqual(["make", "take"]);
  expect(all.events?.map(({ type }) => type).sort()).toEqual(["INPUT", "OUTPUT", "OUTPUT"]);
  const [datasets] = await client.queryArtifactLineageSubgraph({ artifact, filter: 'schema_title="system.Dataset"' });
  expect(datasets.artifacts?.map(({ displayName }) => displayName)).toEqual(["data"]);

  const [made] = await client.listExecutions({ parent: store, filter: 'metadata."input:text".string_value="x"' });
  expect(made.map(({ displayName }) => displayName)).toEqual(["make"]);

  // An experiment takes the run in, and the job tells of it.
  const [experiment] = await client.createContext({
    parent: store,
    contextId: "of-lineage",
    context: { schemaTitle: "system.Experiment" },
  });
  await client.addContextChildren({ context: nameOf(experiment), childContexts: [context] });
  const [{ jobDetail }] = await pipelines.getPipelineJob({ name });
  expect(jobDetail?.pipelineRunContext?.parentContexts).toEqual([`${store}/contexts/lineage`, nameOf(experiment)]);
  const [ofExperiment] = await client.queryContextLineageSubgraph({ context: nameOf(experiment) });
  expect(ofExperiment.executions).toHaveLength(3);

  // The lineage outlives its job.
  const before = { all, run };
  const [deleting] = await pipelines.deletePipelineJob({ name });
  await deleting.promise();
  await pipelines.close();
  expect((await client.queryArtifactLineageSubgraph({ artifact }))[0]).toEqual(before.all);
  const [after] = await client.queryContextLineageSubgraph({ context });
  expect(after.executions?.length).toBe(before.run.executions?.length);
  expect(after.events).toEqual(before.run.events);
  const [kept] = await client.listArtifacts({ parent: store, filter: `in_context("${context}")` });
  expect(kept.map(({ displayName }) => displayName).sort()).toEqual(["data", "model"]);
  const [stillMade] = await client.listExecutions({ parent: store, filter: 'metadata."input:text".string_value="x"' });
  expect(stillMade).toEqual(made);
  // Nothing holds it any more: a client may take it away.
  const [forgetting] = await client.deleteContext({ name: context });
  await forgetting.promise();
});

test("what a client writes is kept, changed, found and deleted", async () => {
  const [data] = await client.createArtifact({
    parent: store,
    artifactId: "rows",
    artifact: {
      schemaTitle: "system.Dataset",
      uri: "gs://bucket/rows",
      metadata: struct({ rows: 10 }),
      labels: { a: "b" },
    },
  });
  const [model] = await client.createArtifact({
    parent: store,
    artifact: { schemaTitle: "system.Model", state: "PENDING" },
  });
  const [execution] = await client.createExecution({
    parent: store,
    execution: { displayName: "fit", state: "RUNNING" },
  });
  const [context] = await client.createContext({
    parent: store,
    contextId: "experiment",
    context: { displayName: "e" },
  });
  const [child] = await client.createContext({ parent: store, contextId: "trial", context: {} });
  await expect(client.createContext({ parent: store, contextId: "trial", context: {} })).rejects.toMatchObject({
    code: 6,
  });
  const name = execution.name ?? "";
  await client.addExecutionEvents({
    execution: name,
    events: [
      { artifact: nameOf(data), type: "INPUT" },
      { artifact: nameOf(model), type: "OUTPUT" },
    ],
  });
  await client.addContextChildren({ context: nameOf(context), childContexts: [nameOf(child)] });
  await client.addContextArtifactsAndExecutions({ context: nameOf(child), executions: [name] });

  const [updated] = await client.updateExecution({
    execution: { name, state: "COMPLETE", metadata: struct({ accuracy: 0.9 }) },
    updateMask: { paths: ["state", "metadata"] },
  });
  expect(updated).toMatchObject({ displayName: "fit", state: "COMPLETE" });
  const [found] = await client.listExecutions({ parent: store, filter: "metadata.accuracy.number_value>0.5" });
  expect(found.map((one) => one.name)).toEqual([name]);
  const [sides] = await client.queryExecutionInputsAndOutputs({ execution: name });
  expect(sides.artifacts).toHaveLength(2);
  // The experiment's subgraph is also that of its children.
  const [below] = await client.queryContextLineageSubgraph({ context: nameOf(context) });
  expect(below.executions?.map((one) => one.name)).toEqual([name]);
  const [parents] = await client.getContext({ name: nameOf(child) });
  expect(parents.parentContexts).toEqual([nameOf(context)]);

  const [deleting] = await client.deleteArtifact({ name: nameOf(data) });
  await deleting.promise();
  await expect(client.getArtifact({ name: nameOf(data) })).rejects.toMatchObject({ code: 5 });
  const stale = client.deleteContext({ name: nameOf(context), etag: "1" });
  await expect(stale).rejects.toMatchObject({ code: 9 });
  // What was in it stays.
  const [leaving] = await client.deleteContext({ name: nameOf(context) });
  await leaving.promise();
  expect((await client.getContext({ name: nameOf(child) }))[0].parentContexts).toEqual([]);
});

test("the default store is there, another has to be made", async () => {
  const [stores] = await client.listMetadataStores({ parent });
  expect(stores.map(({ name }) => name)).toEqual([store]);
  const other = `${parent}/metadataStores/other`;
  await expect(client.listArtifacts({ parent: other })).rejects.toMatchObject({ code: 5 });
  const [creating] = await client.createMetadataStore({ parent, metadataStoreId: "other", metadataStore: {} });
  await creating.promise();
  expect((await client.listArtifacts({ parent: other }))[0]).toEqual([]);
});

test("a schema is registered once for each version, and given back", async () => {
  const schema = "title: custom.Score\ntype: object\n";
  const metadataSchema = { schema, schemaVersion: "1.0.0", schemaType: "ARTIFACT_TYPE" } as const;
  const [created] = await client.createMetadataSchema({ parent: store, metadataSchema, metadataSchemaId: "score" });
  expect(created).toMatchObject({ name: `${store}/metadataSchemas/score`, ...metadataSchema });
  expect((await client.getMetadataSchema({ name: nameOf(created) }))[0]).toEqual(created);
  const [found] = await client.listMetadataSchemas({ parent: store, filter: 'schema_title="custom.Score"' });
  expect(found).toEqual([created]);
  await expect(client.createMetadataSchema({ parent: store, metadataSchema })).rejects.toMatchObject({ code: 6 });
  const untitled = { ...metadataSchema, schema: "type: object" };
  const refused = client.createMetadataSchema({ parent: store, metadataSchema: untitled, metadataSchemaId: "x" });
  await expect(refused).rejects.toMatchObject({
    code: 3,
    message: expect.stringMatching(/metadata_schema_id.*title/s),
  });
});
