import { expect, it } from "vitest";
import { checkHardware, findMachine, findTpu, machine, machineTypeNames, tpu } from "./index.ts";

it("names a single host by its chips, and a pod by its topology", () => {
  expect(tpu("v5e", "2x4")).toMatchObject({ machineType: "ct5lp-hightpu-8t", tpuTopology: "2x4", chips: 8, hosts: 1 });
  expect(tpu("v5e", "4x4")).toMatchObject({ machineType: "ct5lp-hightpu-4t", tpuTopology: "4x4", chips: 16, hosts: 4 });
  expect(tpu("v6e", "2x2")).toMatchObject({ machineType: "ct6e-standard-4t", hbmGb: 32 });
  expect(findTpu("v5e", "3x3")).toBeUndefined();
});

it.each([
  [{ tpu: "v5e", topology: "2x4", strategy: "spot" }, []],
  [{ tpu: "v5e", topology: "4x4", strategy: "on-demand" }, []],
  [{ tpu: "v5e", topology: "4x4", strategy: "spot" }, ["SpotPod"]],
  [{ tpu: "v5e", topology: "5x5", strategy: "spot" }, ["UnknownTopology"]],
  [{ tpu: "v5e", topology: "2x4", strategy: "flex" }, ["FlexNeedsGpus"]],
  [{ machine: "a3-highgpu-8g", strategy: "flex" }, []],
  [{ machine: "a3-highgpu-1g", strategy: "on-demand" }, ["NotOnDemand"]],
  [{ machine: "c3-standard-8", strategy: "flex" }, ["FlexNeedsGpus"]],
  [{ machine: "c3-standard-7", strategy: "spot" }, ["UnknownMachine"]],
] as const)("%j has the problems %j", (request, codes) => {
  expect(checkHardware(request, "us-central1").map(({ code }) => code)).toEqual(codes);
});

it("knows where a TPU is", () => {
  const request = { tpu: "v5e", topology: "1x1", strategy: "spot" } as const;
  expect(checkHardware(request, "asia-east1")[0]?.code).toBe("NotInRegion");
});

it("has each machine under its own name, and spot for single hosts", () => {
  for (const name of machineTypeNames) expect(findMachine(name)?.machineType).toBe(name);
  expect(machine("a3-highgpu-8g")).toMatchObject({ accelerator: { type: "NVIDIA_H100_80GB", count: 8 } });
  expect(machine("c3-standard-88")).toMatchObject({ cpus: 88, memoryGb: 352 });
  expect([tpu("v5e", "2x4").spot, tpu("v6e", "4x4").spot]).toEqual([true, false]);
});
