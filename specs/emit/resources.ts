import type { PipelineDeploymentConfig_PipelineContainerSpec_ResourceSpecJson } from "../ir/types.ts";
import type { ResourcesNode } from "../nodes/index.ts";
import { parseCpu, parseMemory } from "../quantities.ts";

/** Each quantity is written twice: as a number for old backends, and as text. */
export function emitResources(resources: ResourcesNode): {
  resources?: PipelineDeploymentConfig_PipelineContainerSpec_ResourceSpecJson;
} {
  if (Object.keys(resources).length === 0) return {};
  const { cpuLimit, cpuRequest, memoryLimit, memoryRequest, accelerator } = resources;
  return {
    resources: {
      ...(cpuLimit !== undefined && { resourceCpuLimit: cpuLimit, cpuLimit: parseCpu(cpuLimit) ?? 0 }),
      ...(cpuRequest !== undefined && { resourceCpuRequest: cpuRequest, cpuRequest: parseCpu(cpuRequest) ?? 0 }),
      ...(memoryLimit !== undefined && {
        resourceMemoryLimit: memoryLimit,
        memoryLimit: parseMemory(memoryLimit) ?? 0,
      }),
      ...(memoryRequest !== undefined && {
        resourceMemoryRequest: memoryRequest,
        memoryRequest: parseMemory(memoryRequest) ?? 0,
      }),
      ...(accelerator !== undefined && {
        accelerator: {
          type: accelerator.type,
          count: String(accelerator.count),
          resourceType: accelerator.type,
          resourceCount: String(accelerator.count),
        },
      }),
    },
  };
}
