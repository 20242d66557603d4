import { describe, expect, test } from "vitest";
import { fromProtobufValue } from "../../../../activities/vertex/values.ts";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import { viewJob } from "../failures.ts";
import { readJob } from "../read-job.ts";
import { artifactAt, pulled, told } from "../testing.ts";
import { readChangedParameters } from "./changed-parameters.ts";
import { rerunId, rerunRequest } from "./rerun-job.ts";

const spec: PipelineSpec = {
  pipelineInfo: { name: "one" },
  root: {
    dag: { tasks: { make: { componentRef: { name: "c" }, taskInfo: { name: "make" } } } },
    inputDefinitions: {
      parameters: {
        limit: { parameterType: "NUMBER_INTEGER" },
        name: { parameterType: "STRING" },
        sizes: { parameterType: "LIST" },
      },
    },
  },
  components: { c: { executorLabel: "e" } },
  deploymentSpec: { executors: { e: { container: { image: "alpine" } } } },
};
const artifact = { ...artifactAt("gs://theirs/data"), metadata: { rows: 3, columns: ["a"], empty: null } };
const job = pulled(
  spec,
  [
    told("make", {
      outputs: { parameters: { count: 3, sizes: [1, 2], note: null }, artifacts: { data: [artifact] } },
    }),
  ],
  {
    labels: { team: "night" },
    serviceAccount: "robot@p.iam",
    runtimeConfig: {
      gcsOutputDirectory: "gs://theirs/runs",
      parameterValues: { limit: 200, name: "x" },
      failurePolicy: "PIPELINE_FAILURE_POLICY_FAIL_FAST",
      inputArtifacts: {},
    },
  },
);

describe("the request for a rerun", () => {
  const taken = [...viewJob(job).places.byPlace.values()];
  const request = rerunRequest({ job, spec, taken, parameters: { limit: 300 }, id: "rerun-1" });

  test("is for the same project, addresses and settings, with the values that were changed", () => {
    expect(request).toMatchObject({ parent: "projects/p/locations/us-central1", pipelineJobId: "rerun-1" });
    const { runtimeConfig, labels, serviceAccount } = request.pipelineJob ?? {};
    expect({ labels, serviceAccount }).toEqual({
      labels: { team: "night", "retemper-rerun-of": "job" },
      serviceAccount: "robot@p.iam",
    });
    expect(runtimeConfig).toMatchObject({
      gcsOutputDirectory: "gs://theirs/runs",
      failurePolicy: "PIPELINE_FAILURE_POLICY_FAIL_FAST",
    });
    const values = Object.entries(runtimeConfig?.parameterValues ?? {});
    expect(Object.fromEntries(values.map(([name, value]) => [name, fromProtobufValue(value)]))).toEqual({
      limit: 300,
      name: "x",
    });
  });

  test("hands the results on as they were: what is read of it is what was pulled", () => {
    const { tasks } = readJob(request.pipelineJob ?? {}, {});
    expect(tasks.map(({ outputs }) => outputs)).toEqual([job.tasks[1]?.outputs]);
  });
});

test("ids are such as Vertex takes, also of a rerun's rerun", () => {
  const now = new Date("2026-11-24T03:00:01.500Z");
  const first = rerunId({ name: "projects/p/locations/l/pipelineJobs/1234567" }, now);
  expect(first).toBe("rerun-1234567-20261124030001");
  expect(rerunId({ name: `projects/p/locations/l/pipelineJobs/${first}` }, now)).toBe(first);
  const long = rerunId({ name: `projects/p/locations/l/pipelineJobs/${"a".repeat(128)}` }, now);
  expect(long).toMatch(/^[a-z][-a-z0-9]{0,127}$/);
});

describe("changed parameters", () => {
  test("have the types that the pipeline wants", () => {
    expect(readChangedParameters(["limit=300", "name=1.0", "sizes=[1, 2]", "name=a=b"], spec)).toEqual({
      limit: 300,
      name: "a=b",
      sizes: [1, 2],
    });
    expect(readChangedParameters(["name=1.0"], spec)).toEqual({ name: "1.0" });
  });

  test.each([
    ["limit", "INVALID_PARAMETER"],
    ["limits=1", "UNKNOWN_PARAMETER"],
  ])("%s is refused", (text, code) => {
    expect(() => readChangedParameters([text], spec)).toThrow(expect.objectContaining({ code }));
  });
});
