import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parent, refusal, type TestVertex, testVertex, until } from "../testing/harness.ts";
import { outputOf, Pipelines, statesOf, taskOf } from "../testing/pipelines.ts";
import {
  constant,
  echo,
  failing,
  input,
  output,
  outputArtifact,
  parameters,
  pipelineSpec,
  read,
  task,
  text,
  write,
} from "../testing/specs.ts";
import { type JsonObject, toStruct, toValue } from "../wire/json.ts";
import { placeOf, rerunLabel } from "./taken-results.ts";

let server: TestVertex;
let pipelines: Pipelines;

beforeAll(async () => {
  server = await testVertex();
  pipelines = new Pipelines(server);
});
afterAll(async () => {
  await pipelines.client.close();
  await server.close();
});

/** `say` fails by itself; what it gives can only be taken. The loop echoes each item. */
const spec = pipelineSpec({
  root: {
    dag: {
      tasks: {
        say: task("say"),
        write: task("write", parameters({ value: constant("written here") })),
        read: task("read", { inputs: { artifacts: { file: outputArtifact("write", "file") } } }),
        loop: task("body", {
          taskInfo: { name: "loop" },
          parameterIterator: { itemInput: "item", items: { raw: '["a", "b"]' } },
          ...parameters({ said: output("say", "out") }),
        }),
      },
    },
  },
  programs: { say: { ...failing, outputDefinitions: { parameters: { out: text } } }, write, read, echo },
  components: {
    body: {
      inputDefinitions: { parameters: { item: text, said: text } },
      dag: {
        tasks: {
          first: task("echo", { taskInfo: { name: "first" }, ...parameters({ value: input("item") }) }),
          second: task("echo", { taskInfo: { name: "second" }, ...parameters({ value: output("first", "out") }) }),
        },
      },
    },
  },
});

const rerun = (id: string, taskDetails: readonly object[], labels: object = { [rerunLabel]: "job-of-theirs" }) =>
  pipelines.client.createPipelineJob({
    parent,
    pipelineJobId: id,
    pipelineJob: {
      pipelineSpec: toStruct(spec) as never,
      labels: labels as Record<string, string>,
      runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
      jobDetail: { taskDetails: taskDetails as never },
    },
  });
const gave = (taskUniqueName: string, metadata: JsonObject, outputs: object = {}) => ({
  taskUniqueName,
  state: "SUCCEEDED",
  execution: { metadata: toStruct(metadata) },
  outputs,
});

test("a labelled job takes what its details say in place of running those tasks, in an iteration too", async () => {
  mkdirSync(server.bucket("theirs"), { recursive: true });
  writeFileSync(join(server.bucket("theirs"), "file"), "written there");
  const file = {
    name: "projects/1/locations/us-central1/metadataStores/default/artifacts/7",
    displayName: "file",
    uri: "gs://theirs/file",
    schemaTitle: "system.Artifact",
    metadata: { fields: { rows: toValue(3) } },
  };
  const [{ name }] = await rerun("taken", [
    gave("say", { "output:out": "hello", "input:other": 1 }),
    gave("write", {}, { file: { artifacts: [file] } }),
    gave("loop[1].first", { "output:out": "from there" }),
  ]);
  const job = await pipelines.ended(name ?? "");
  expect(job.state).toBe("PIPELINE_STATE_SUCCEEDED");
  expect(statesOf(job)).toMatchObject({
    say: "SKIPPED",
    write: "SKIPPED",
    read: "SUCCEEDED",
    "loop.loop-0.first": "SUCCEEDED",
    "loop.loop-1.first": "SKIPPED",
  });
  expect(outputOf(job, "read", "out")).toBe("written there");
  expect(outputOf(job, "loop.loop-0.second", "out")).toBe("a");
  expect(outputOf(job, "loop.loop-1.second", "out")).toBe("from there");
  const [given] = taskOf(job, "read").inputs?.["file"]?.artifacts ?? [];
  expect(given).toMatchObject({ uri: "gs://theirs/file", metadata: { fields: { rows: { numberValue: 3 } } } });
  expect(given?.name).toMatch(/^projects\/test-project\/locations\/us-central1\/metadataStores\/default\/artifacts\//);
});

test("what is taken is still taken by the next server", async () => {
  const waiting = {
    program: "setTimeout(() => require('fs').writeFileSync(process.argv[1], 'done'), 1000)",
    args: ["{{$.outputs.parameters['out'].output_file}}"],
    outputDefinitions: { parameters: { out: text } },
  };
  const first = await testVertex();
  const before = new Pipelines(first);
  const [{ name }] = await before.client.createPipelineJob({
    parent,
    pipelineJobId: "restarted",
    pipelineJob: {
      pipelineSpec: toStruct(
        pipelineSpec({
          root: {
            dag: {
              tasks: { wait: task("wait"), say: task("say", { dependentTasks: ["wait"] }) },
            },
          },
          programs: { wait: waiting, say: { ...failing, outputDefinitions: { parameters: { out: text } } } },
        }),
      ) as never,
      labels: { [rerunLabel]: "job-of-theirs" },
      runtimeConfig: { gcsOutputDirectory: "gs://bucket/runs" },
      jobDetail: { taskDetails: [gave("say", { "output:out": "hello" })] as never },
    },
  });
  await until(
    () => before.get(name ?? ""),
    (job) => statesOf(job)["wait"] === "RUNNING",
  );
  await before.client.close();
  const second = await first.restart();
  const after = new Pipelines(second);
  const job = await after.ended(name ?? "");
  expect(statesOf(job)).toMatchObject({ wait: "SUCCEEDED", say: "SKIPPED" });
  expect(outputOf(job, "say", "out")).toBe("hello");
  await after.client.close();
  await second.close();
});

test("without the label, details are ignored, as on Vertex", async () => {
  const [{ name }] = await rerun("ignored", [gave("say", { "output:out": "hello" })], {});
  const job = await pipelines.ended(name ?? "");
  expect(statesOf(job)).toMatchObject({ say: "FAILED", read: "SUCCEEDED", loop: "NOT_TRIGGERED" });
});

test("a task that did not end well has no results, and none is named twice", async () => {
  const refused = await refusal(
    rerun("refused", [{ ...gave("say", {}), state: "FAILED" }, gave("x", {}), gave("x", {})]),
  );
  expect(refused.code).toBe(3);
  expect(refused.message).toContain("task_details[0].state");
  expect(refused.message).toContain("task_details[2].task_unique_name");
});

test("a place does not depend on the try of the pipelines around it", () => {
  expect(placeOf("a~2.loop[3]~12.train")).toBe("a.loop[3].train");
  expect(placeOf("a[0].b~2")).toBe("a[0].b");
});
