import { describe, expect, test } from "vitest";
import {
  artifactList,
  type CustomJobOptions,
  checkJob,
  checkLimits,
  compile,
  container,
  customJob,
  int,
  job,
  Model,
  machine,
  optional,
  parallelFor,
  pipeline,
  taskConfig,
  tpu,
} from "../index.ts";

const work = container("work", { image: "image" });

const on = (job: CustomJobOptions) =>
  compile(
    pipeline("on", {}, () => {
      work().runOn(customJob(job));
    }),
  ).spec;
const codes = (findings: ReturnType<typeof checkLimits>) => findings.map(({ code, path }) => `${code} ${path}`);
const pool = "/root/dag/tasks/work/worker_pool_specs/0";

test("what Vertex takes has no finding", () => {
  expect(checkLimits(on({ hardware: tpu("v5e", "2x4"), strategy: "spot" }), { region: "us-central1" })).toEqual([]);
  expect(checkLimits(on({ hardware: tpu("v5e", "8x8") }), { region: "us-west4" })).toEqual([]);
  expect(checkLimits(on({ hardware: { machineType: "ct5lp-hightpu-4t", tpuTopology: "2x4" } }))).toEqual([]);
  expect(checkLimits(on({ hardware: machine("a3-highgpu-8g"), strategy: "flex" }))).toEqual([]);
  // Not in the catalogue, and none of its business.
  expect(checkLimits(on({ hardware: { machineType: "n1-standard-4" } }))).toEqual([]);
  expect(checkJob({ id: "train-1", displayName: "Train", labels: { recipe: "sections", "a-b": "" } })).toEqual([]);
});

test.each<[string, CustomJobOptions, string[]]>([
  ["a pod as Spot", { hardware: tpu("v5e", "4x4"), strategy: "spot" }, [`SpotPod ${pool}/machine_spec`]],
  ["a TPU as Flex-start", { hardware: tpu("v6e", "1x1"), strategy: "flex" }, [`FlexNeedsGpus ${pool}/machine_spec`]],
  [
    "a topology that does not exist",
    { hardware: { machineType: "ct5lp-hightpu-8t", tpuTopology: "3x3" } },
    [`UnknownTopology ${pool}/machine_spec`],
  ],
  ["a topology left out", { hardware: { machineType: "ct5lp-hightpu-8t" } }, [`UnknownTopology ${pool}/machine_spec`]],
  [
    "a host of eight for four chips",
    { hardware: { machineType: "ct5lp-hightpu-8t", tpuTopology: "2x2" } },
    [`MachineMismatch ${pool}/machine_spec`],
  ],
  ["half an A3 on demand", { hardware: machine("a3-highgpu-4g") }, [`NotOnDemand ${pool}/machine_spec`]],
  [
    "CPUs as Flex-start",
    { hardware: machine("c3-standard-8"), strategy: "flex" },
    [`FlexNeedsGpus ${pool}/machine_spec`],
  ],
  [
    "a small disk and a shouted label",
    { hardware: machine("c3-standard-8"), bootDisk: { sizeGb: 50 }, labels: { Team: "a" } },
    ["Labels /root/dag/tasks/work/labels/Team", `BootDisk ${pool}/disk_spec`],
  ],
])("%s", (_, job, expected) => {
  expect(codes(checkLimits(on(job)))).toEqual(expected);
});

test("a TPU in a region without it", () => {
  expect(codes(checkLimits(on({ hardware: tpu("v6e", "2x2") }), { region: "asia-east1" }))).toEqual([
    `NotInRegion ${pool}/machine_spec`,
  ]);
});

test("a task's own resources", () => {
  const { spec } = compile(
    pipeline("greedy", { displayName: "x".repeat(129) }, () => {
      work().cpu({ limit: "97", request: "1" }).memory("640G").accelerator("nvidia.com/gpu");
      work()
        .cpu("96")
        .memory("624G")
        .env(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`V${index}`, ""])));
    }),
  );
  expect(codes(checkLimits(spec))).toEqual([
    "DisplayName /pipelineInfo/displayName",
    "TaskCpu /deploymentSpec/executors/exec-work/container/resources/cpuLimit",
    "TaskMemory /deploymentSpec/executors/exec-work/container/resources/memoryLimit",
    "RequestIgnored /deploymentSpec/executors/exec-work/container/resources/cpuRequest",
    "KubernetesAccelerator /deploymentSpec/executors/exec-work/container/resources/accelerator",
    "EnvironmentVariables /deploymentSpec/executors/exec-work-2/container/env",
  ]);
});

test.each<[string, CustomJobOptions["hardware"], string | null]>([
  [
    "the GPUs that a machine has",
    { machineType: "a2-highgpu-2g", accelerator: { type: "NVIDIA_TESLA_A100", count: 2 } },
    null,
  ],
  ["L4s by the machine's size", { machineType: "g2-standard-48", accelerator: { type: "NVIDIA_L4", count: 4 } }, null],
  ["too few of them", { machineType: "g2-standard-48", accelerator: { type: "NVIDIA_L4", count: 1 } }, "4 × NVIDIA_L4"],
  [
    "another GPU than the machine's",
    { machineType: "a3-highgpu-8g", accelerator: { type: "NVIDIA_L4", count: 8 } },
    "NVIDIA_H100_80GB",
  ],
  ["none at all", { machineType: "a3-highgpu-8g" }, "8 × NVIDIA_H100_80GB"],
  ["a T4 on N1", { machineType: "n1-standard-8", accelerator: { type: "NVIDIA_TESLA_T4", count: 1 } }, null],
  ["a T4 on E2", { machineType: "e2-standard-8", accelerator: { type: "NVIDIA_TESLA_T4", count: 1 } }, "N1"],
  ["three T4s", { machineType: "n1-standard-8", accelerator: { type: "NVIDIA_TESLA_T4", count: 3 } }, "1, 2, 4"],
  [
    "an H100 on N1",
    { machineType: "n1-standard-8", accelerator: { type: "NVIDIA_H100_80GB", count: 1 } },
    "a3-highgpu-8g",
  ],
  [
    "a GPU that does not exist",
    { machineType: "n1-standard-8", accelerator: { type: "NVIDIA_T4", count: 1 } },
    "NVIDIA_TESLA_T4",
  ],
])("machine and accelerator: %s", (_, hardware, word) => {
  const findings = checkLimits(on({ hardware }));
  expect(codes(findings)).toEqual(word === null ? [] : [`Accelerator ${pool}/machine_spec`]);
  if (word !== null) expect(findings[0]?.message).toContain(word);
});

test("a task's accelerator has Vertex's name and a possible number", () => {
  const { spec } = compile(
    pipeline("chips", {}, () => {
      work().accelerator("NVIDIA_TESLA_T4", 2);
      work().accelerator("nvidia-t4");
      work().accelerator("NVIDIA_TESLA_T4", 5);
    }),
  );
  expect(codes(checkLimits(spec))).toEqual([
    "Accelerator /deploymentSpec/executors/exec-work-2/container/resources/accelerator",
    "Accelerator /deploymentSpec/executors/exec-work-3/container/resources/accelerator",
  ]);
});

describe("artifacts into one task", () => {
  const make = container("make", { image: "i", inputs: { n: int() }, outputs: { model: Model } });
  const choose = container("choose", { image: "i", inputs: { models: artifactList(Model), one: optional(Model) } });
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const fanIn = (count: number, inner: number) =>
    compile(
      pipeline("fan-in", {}, () => {
        const one = make({ n: 1 });
        const made = parallelFor(numbers(count), (n) => ({
          models: parallelFor(numbers(inner), () => make({ n })).model,
        }));
        choose({ models: made.models, one: one.model });
      }),
    ).spec;
  const at = "ArtifactFanIn /root/dag/tasks/choose/inputs/artifacts";

  test("as many as Vertex takes", () => expect(checkLimits(fanIn(9, 11))).toEqual([]));
  test("one more, through nested loops and beside another", () =>
    expect(codes(checkLimits(fanIn(10, 10)))).toEqual([at]));
  test("the limit is a setting", () => {
    expect(checkLimits(fanIn(10, 10), { most: { artifactsIntoTask: 101 } })).toEqual([]);
    expect(codes(checkLimits(fanIn(2, 2), { most: { artifactsIntoTask: 4 } }))).toEqual([at]);
  });
});

test("what Google does not document is held only where it is set", () => {
  const { spec } = compile(pipeline("some", {}, () => [work(), work(), work()].forEach((task) => void task)));
  expect(checkLimits(spec)).toEqual([]);
  expect(codes(checkLimits(spec, { most: { tasks: 2, specBytes: 100 } }))).toEqual([
    "Setting ",
    "Setting /root/dag/tasks",
  ]);
  expect(checkLimits(spec, { most: { tasks: 3, specBytes: 100_000 } })).toEqual([]);
});

test("what only open-source Kubeflow Pipelines has", () => {
  const configured = container("configured", {
    image: "i",
    inputs: { config: taskConfig() },
    args: [job.workspacePath],
  });
  const { spec } = compile(pipeline("kubernetes", {}, () => void configured()));
  expect(codes(checkLimits(spec))).toEqual([
    "KubernetesOnly /components/comp-configured/inputDefinitions/parameters/config",
    "KubernetesOnly /deploymentSpec/executors/exec-configured/container",
  ]);
});

test("a job's id, display name and labels", () => {
  const labels = { ...Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, "v"])), bad: "Über" };
  expect(
    checkJob({ id: "1st", displayName: "x".repeat(200), labels }).map(({ code, path }) => `${code} ${path}`),
  ).toEqual(["JobId /id", "DisplayName /displayName", "Labels /labels", "Labels /labels/bad"]);
});
