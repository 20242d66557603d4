/** Accelerators as Vertex names them: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec#AcceleratorType */
export const acceleratorTypes = [
  "NVIDIA_TESLA_P100",
  "NVIDIA_TESLA_V100",
  "NVIDIA_TESLA_P4",
  "NVIDIA_TESLA_T4",
  "NVIDIA_TESLA_A100",
  "NVIDIA_A100_80GB",
  "NVIDIA_L4",
  "NVIDIA_H100_80GB",
  "NVIDIA_H100_MEGA_80GB",
  "NVIDIA_H200_141GB",
  "NVIDIA_B200",
  "NVIDIA_GB200",
  "NVIDIA_RTX_PRO_6000",
  "TPU_V2",
  "TPU_V3",
  "TPU_V4_POD",
  "TPU_V5_LITEPOD",
] as const;

/** Machines that come with their accelerators, and with no others: https://cloud.google.com/compute/docs/gpus */
const builtIn: readonly {
  readonly machines: RegExp;
  readonly type: string;
  readonly count: (match: string) => number;
}[] = [
  { machines: /^a2-(?:high|mega)gpu-(\d+)g$/, type: "NVIDIA_TESLA_A100", count: Number },
  { machines: /^a2-ultragpu-(\d+)g$/, type: "NVIDIA_A100_80GB", count: Number },
  { machines: /^a3-highgpu-(\d+)g$/, type: "NVIDIA_H100_80GB", count: Number },
  { machines: /^a3-megagpu-(\d+)g$/, type: "NVIDIA_H100_MEGA_80GB", count: Number },
  { machines: /^a3-ultragpu-(\d+)g$/, type: "NVIDIA_H200_141GB", count: Number },
  { machines: /^a4-highgpu-(\d+)g$/, type: "NVIDIA_B200", count: Number },
  { machines: /^g2-standard-(\d+)$/, type: "NVIDIA_L4", count: (cpus) => ({ 24: 2, 48: 4, 96: 8 })[Number(cpus)] ?? 1 },
];

/** GPUs that can be attached, to N1 machines only, and how many: https://cloud.google.com/compute/docs/gpus#n1-gpus */
const attachable: Readonly<Record<string, readonly number[]>> = {
  NVIDIA_TESLA_T4: [1, 2, 4],
  NVIDIA_TESLA_P4: [1, 2, 4],
  NVIDIA_TESLA_P100: [1, 2, 4],
  NVIDIA_TESLA_V100: [1, 2, 4, 8],
};

export interface AcceleratorRequest {
  readonly machineType: string;
  readonly accelerator?: { readonly type: string; readonly count: number };
}

/** Why Vertex would refuse the accelerators on the machine, and what to do; null where it would not. */
export function acceleratorMistake({ machineType, accelerator }: AcceleratorRequest): string | null {
  const own = builtIn.find(({ machines }) => machines.test(machineType));
  if (own !== undefined) {
    const count = own.count(own.machines.exec(machineType)?.[1] ?? "");
    if (accelerator?.type === own.type && accelerator.count === count) return null;
    const said = accelerator === undefined ? "none" : `${accelerator.count} × ${accelerator.type}`;
    return `${machineType} comes with ${count} × ${own.type}, and ${said} is asked for: ask for what it has.`;
  }
  if (accelerator === undefined || accelerator.count === 0) return null;
  const counts = attachable[accelerator.type];
  if (counts === undefined) {
    if (!isAccelerator(accelerator.type)) return unknown(accelerator.type);
    const machines = builtIn.find(({ type }) => type === accelerator.type)?.machines.source.replace(/^\^|\$$/g, "");
    return machines === undefined
      ? null
      : `${accelerator.type} is in machines such as ${example(machines)}, not in ${machineType}.`;
  }
  if (!machineType.startsWith("n1-")) {
    return `${accelerator.type} can be attached to N1 machines only, such as n1-standard-8, not to ${machineType}.`;
  }
  if (counts.includes(accelerator.count)) return null;
  return `${accelerator.count} × ${accelerator.type} is no possible number: take ${counts.join(", ")}.`;
}

/** Why Vertex would refuse the accelerators of a task, for which it chooses the machine; null where it would not. */
export function taskAcceleratorMistake(type: string, count: number): string | null {
  if (!isAccelerator(type)) return unknown(type);
  const counts = attachable[type];
  if (counts === undefined || counts.includes(count)) return null;
  return `${count} × ${type} is no possible number: take ${counts.join(", ")}.`;
}

function isAccelerator(type: string): boolean {
  return acceleratorTypes.some((known) => known === type);
}

function unknown(type: string): string {
  return `Vertex has no accelerator ${type}: it has ${acceleratorTypes.join(", ")}.`;
}

function example(machines: string): string {
  return machines.replace("(?:high|mega)", "high").replace("(\\d+)", "8");
}
