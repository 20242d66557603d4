import type { Machine } from "../builders/custom-job.ts";

/** A slice of TPU chips, as Vertex rents it. */
export interface TpuSlice extends Machine {
  readonly generation: TpuGeneration;
  readonly tpuTopology: string;
  readonly chips: number;
  /** Virtual machines; more than one makes a pod slice. */
  readonly hosts: number;
  /** GB of a chip, of which about 15.75 of 16 can be used on v5e. */
  readonly hbmGb: number;
  /** Where Google has them: https://cloud.google.com/tpu/docs/regions-zones, of 2026-11. */
  readonly zones: readonly string[];
  readonly regions: readonly string[];
  /** "Spot VMs with TPU Pods isn't supported": https://cloud.google.com/vertex-ai/docs/training/use-spot-vms */
  readonly spot: boolean;
}

/**
 * v5e: https://cloud.google.com/tpu/docs/v5e, v6e: https://cloud.google.com/tpu/docs/v6e,
 * on Vertex: https://cloud.google.com/vertex-ai/docs/training/training-with-tpu-vm.
 * A topology of 2x4 is the single host of eight chips here, not two hosts of four.
 */
const generations = {
  v5e: {
    machines: { "1x1": "ct5lp-hightpu-1t", "2x2": "ct5lp-hightpu-4t", "2x4": "ct5lp-hightpu-8t" },
    pod: "ct5lp-hightpu-4t",
    hbmGb: 16,
    zones: ["us-central1-a", "us-south1-a", "us-west1-c", "us-west4-a", "europe-west4-b"],
  },
  v6e: {
    machines: { "1x1": "ct6e-standard-1t", "2x2": "ct6e-standard-4t", "2x4": "ct6e-standard-8t" },
    pod: "ct6e-standard-4t",
    hbmGb: 32,
    zones: ["us-central1-b", "us-east1-d", "us-east5-a", "us-east5-b", "europe-west4-a"],
  },
} as const;

const podTopologies = ["4x4", "4x8", "8x8", "8x16", "16x16"] as const;
const chipsOfPodHost = 4;

export type TpuGeneration = keyof typeof generations;
export type TpuTopology = keyof (typeof generations)[TpuGeneration]["machines"] | (typeof podTopologies)[number];

export const tpuGenerations = Object.keys(generations) as readonly TpuGeneration[];
export const tpuTopologies: readonly TpuTopology[] = ["1x1", "2x2", "2x4", ...podTopologies];

/**
 * The slice of a generation and a topology, for `customJob({ hardware })`.
 *
 * ```ts
 * customJob({ hardware: tpu("v5e", "2x4"), strategy: "spot" });
 * ```
 */
export function tpu(generation: TpuGeneration, topology: TpuTopology): TpuSlice {
  const { machines, pod, hbmGb, zones } = generations[generation];
  const single = Object.entries(machines).find(([name]) => name === topology)?.[1];
  const chips = topology.split("x").reduce((product, side) => product * Number(side), 1);
  return {
    machineType: single ?? pod,
    tpuTopology: topology,
    generation,
    chips,
    hosts: single ? 1 : chips / chipsOfPodHost,
    hbmGb,
    zones,
    regions: [...new Set(zones.map((zone) => zone.slice(0, zone.lastIndexOf("-"))))],
    spot: single !== undefined,
  };
}

/** The same for names that somebody typed; undefined where there is no such slice. */
export function findTpu(generation: string, topology: string): TpuSlice | undefined {
  const known = tpuGenerations.find((name) => name === generation);
  const shape = tpuTopologies.find((name) => name === topology);
  return known && shape && tpu(known, shape);
}
