/**
 * Machine types that Vertex trains and serves on
 * (https://cloud.google.com/vertex-ai/docs/training/configure-compute#machine-types): the families with their sizes.
 * Whatever is asked for runs on this CPU.
 */
const families: Readonly<Record<string, readonly number[]>> = {
  "e2-standard": [2, 4, 8, 16, 32],
  "e2-highmem": [2, 4, 8, 16],
  "e2-highcpu": [2, 4, 8, 16, 32],
  "n1-standard": [2, 4, 8, 16, 32, 64, 96],
  "n1-highmem": [2, 4, 8, 16, 32, 64, 96],
  "n1-highcpu": [2, 4, 8, 16, 32, 64, 96],
  "n2-standard": [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
  "n2-highmem": [2, 4, 8, 16, 32, 48, 64, 80, 96, 128],
  "n2-highcpu": [2, 4, 8, 16, 32, 48, 64, 80, 96],
  "n2d-standard": [2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224],
  "n2d-highmem": [2, 4, 8, 16, 32, 48, 64, 80, 96],
  "n2d-highcpu": [2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224],
  "n4-standard": [2, 4, 8, 16, 32, 48, 64, 80],
  "n4-highmem": [2, 4, 8, 16, 32, 48, 64, 80],
  "n4-highcpu": [2, 4, 8, 16, 32, 48, 64, 80],
  "c2-standard": [4, 8, 16, 30, 60],
  "c2d-standard": [2, 4, 8, 16, 32, 56, 112],
  "c2d-highmem": [2, 4, 8, 16, 32, 56, 112],
  "c2d-highcpu": [2, 4, 8, 16, 32, 56, 112],
  "c3-standard": [4, 8, 22, 44, 88, 176],
  "c3-highmem": [4, 8, 22, 44, 88, 176],
  "c3-highcpu": [4, 8, 22, 44, 88, 176],
  "c3d-standard": [4, 8, 16, 30, 60, 90, 180, 360],
  "c3d-highmem": [4, 8, 16, 30, 60, 90, 180, 360],
  "c3d-highcpu": [4, 8, 16, 30, 60, 90, 180, 360],
  "c4-standard": [2, 4, 8, 16, 32, 48, 96, 192],
  "c4-highmem": [2, 4, 8, 16, 32, 48, 96, 192],
  "c4-highcpu": [2, 4, 8, 16, 32, 48, 96, 192],
  "m1-ultramem": [40, 80, 160],
  "m1-megamem": [96],
  "g2-standard": [4, 8, 12, 16, 24, 32, 48, 96],
};

const accelerated = new Set([
  "a2-highgpu-1g",
  "a2-highgpu-2g",
  "a2-highgpu-4g",
  "a2-highgpu-8g",
  "a2-megagpu-16g",
  "a2-ultragpu-1g",
  "a2-ultragpu-2g",
  "a2-ultragpu-4g",
  "a2-ultragpu-8g",
  "a3-highgpu-1g",
  "a3-highgpu-2g",
  "a3-highgpu-4g",
  "a3-highgpu-8g",
  "a3-edgegpu-8g",
  "a3-megagpu-8g",
  "a3-ultragpu-8g",
  "a4-highgpu-8g",
  "a4x-highgpu-4g",
  "cloud-tpu",
  "ct4p-hightpu-4t",
  "ct5p-hightpu-1t",
  "ct5p-hightpu-2t",
  "ct5p-hightpu-4t",
  "ct5lp-hightpu-1t",
  "ct5lp-hightpu-4t",
  "ct5lp-hightpu-8t",
  "ct6e-standard-1t",
  "ct6e-standard-4t",
  "ct6e-standard-8t",
]);

export function isMachineType(name: string): boolean {
  if (accelerated.has(name)) return true;
  const match = /^(.+)-(\d+)$/.exec(name);
  return match !== null && (families[match[1] ?? ""]?.includes(Number(match[2])) ?? false);
}

/** Whether the machine is asked for with a topology: the TPU machines from v4 on. */
export function takesTopology(name: string): boolean {
  return /^ct\d/.test(name);
}
