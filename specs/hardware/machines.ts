import type { Machine } from "../builders/custom-job.ts";

/** A Compute Engine machine, with the accelerators that belong to it. */
export interface MachineType extends Machine {
  readonly cpus: number;
  readonly memoryGb: number;
  /** An A3 of fewer than eight GPUs is let as Spot or Flex-start only. */
  readonly onDemand: boolean;
}

/**
 * A3 (H100 80 GB): https://cloud.google.com/compute/docs/gpus#a3-series,
 * C3 (Sapphire Rapids): https://cloud.google.com/compute/docs/general-purpose-machines#c3_series
 */
const machineTypes: Readonly<Record<string, MachineType>> = Object.fromEntries(
  [
    a3("a3-highgpu-1g", 1, 26, 234),
    a3("a3-highgpu-2g", 2, 52, 468),
    a3("a3-highgpu-4g", 4, 104, 936),
    a3("a3-highgpu-8g", 8, 208, 1_872),
    a3("a3-megagpu-8g", 8, 208, 1_872, "NVIDIA_H100_MEGA_80GB"),
    ...[4, 8, 22, 44, 88, 176].flatMap((cpus) => [
      c3(`c3-highcpu-${cpus}`, cpus, 2),
      c3(`c3-standard-${cpus}`, cpus, 4),
      c3(`c3-highmem-${cpus}`, cpus, 8),
    ]),
  ].map((type) => [type.machineType, type]),
);

export const machineTypeNames: readonly string[] = Object.keys(machineTypes);

export type MachineName =
  | `a3-highgpu-${1 | 2 | 4 | 8}g`
  | "a3-megagpu-8g"
  | `c3-${"highcpu" | "standard" | "highmem"}-${4 | 8 | 22 | 44 | 88 | 176}`;

/**
 * A machine, with the accelerators that belong to it, for `customJob({ hardware })`.
 *
 * ```ts
 * customJob({ hardware: machine("a3-highgpu-8g"), strategy: "flex" });
 * ```
 */
export function machine(name: MachineName): MachineType {
  const type = machineTypes[name];
  if (type === undefined)
    throw new TypeError(`${name} is not in the hardware catalogue: it has ${machineTypeNames.join(", ")}.`);
  return type;
}

/** The machine of this type; undefined where the catalogue has none. */
export function findMachine(machineType: string): MachineType | undefined {
  return machineTypes[machineType];
}

function a3(
  machineType: string,
  count: number,
  cpus: number,
  memoryGb: number,
  type: string = "NVIDIA_H100_80GB",
): MachineType {
  return { machineType, accelerator: { type, count }, cpus, memoryGb, onDemand: count === 8 };
}

function c3(machineType: string, cpus: number, gbPerCpu: number): MachineType {
  return { machineType, cpus, memoryGb: cpus * gbPerCpu, onDemand: true };
}
