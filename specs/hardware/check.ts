import type { Strategy } from "../nodes/index.ts";
import { findMachine, machineTypeNames } from "./machines.ts";
import { findTpu, type TpuSlice, tpuGenerations, tpuTopologies } from "./tpus.ts";

export type HardwareRequest =
  | { readonly tpu: string; readonly topology: string; readonly strategy: Strategy }
  | { readonly machine: string; readonly strategy: Strategy };

/** Something that Vertex would refuse, and what to do about it. */
export interface HardwareProblem {
  readonly code: "UnknownTopology" | "UnknownMachine" | "SpotPod" | "FlexNeedsGpus" | "NotOnDemand" | "NotInRegion";
  readonly message: string;
}

/** What Vertex would refuse of a request for hardware in a region; empty when nothing. */
export function checkHardware(request: HardwareRequest, region: string): HardwareProblem[] {
  return "tpu" in request ? checkTpu(request, region) : checkMachine(request);
}

function checkTpu(
  { tpu, topology, strategy }: Extract<HardwareRequest, { tpu: string }>,
  region: string,
): HardwareProblem[] {
  const slice = findTpu(tpu, topology);
  if (!slice) {
    const known = `${tpuGenerations.join(", ")} with ${tpuTopologies.join(", ")}`;
    return [{ code: "UnknownTopology", message: `there is no TPU ${tpu} ${topology}: take one of ${known}` }];
  }
  return [...checkStrategy(slice, strategy), ...checkRegion(slice, region)];
}

function checkStrategy({ hosts, spot, generation, tpuTopology }: TpuSlice, strategy: Strategy): HardwareProblem[] {
  if (strategy === "flex") {
    return [{ code: "FlexNeedsGpus", message: "Flex-start is for GPUs: take on-demand or spot for a TPU" }];
  }
  if (strategy !== "spot" || spot) return [];
  const message = `${generation} ${tpuTopology} spans ${hosts} hosts, and Vertex lets no pod as Spot: take 2x4 or less, or on-demand`;
  return [{ code: "SpotPod", message }];
}

function checkRegion({ regions, generation }: TpuSlice, region: string): HardwareProblem[] {
  if (regions.includes(region)) return [];
  const message = `${region} has no ${generation}: it is in ${regions.join(", ")}`;
  return [{ code: "NotInRegion", message }];
}

function checkMachine({ machine, strategy }: Extract<HardwareRequest, { machine: string }>): HardwareProblem[] {
  const type = findMachine(machine);
  if (!type) {
    const message = `${machine} is not in the hardware catalogue: it has ${machineTypeNames.join(", ")}`;
    return [{ code: "UnknownMachine", message }];
  }
  if (strategy === "flex" && !type.accelerator) {
    return [
      { code: "FlexNeedsGpus", message: `Flex-start is for GPUs, and ${machine} has none: take on-demand or spot` },
    ];
  }
  if (strategy === "on-demand" && !type.onDemand) {
    return [{ code: "NotOnDemand", message: `${machine} is let as spot or flex only; a3-highgpu-8g is let on demand` }];
  }
  return [];
}
