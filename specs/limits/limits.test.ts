import { expect, test } from "vitest";
import {
  type CustomJobOptions,
  checkJob,
  checkLimits,
  compile,
  container,
  customJob,
  machine,
  pipeline,
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

test("a job's id, display name and labels", () => {
  const labels = { ...Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, "v"])), bad: "Über" };
  expect(
    checkJob({ id: "1st", displayName: "x".repeat(200), labels }).map(({ code, path }) => `${code} ${path}`),
  ).toEqual(["JobId /id", "DisplayName /displayName", "Labels /labels", "Labels /labels/bad"]);
});
