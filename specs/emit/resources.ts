import type { PipelineDeploymentConfig_PipelineContainerSpec_ResourceSpecJson } from "../ir/types.ts";
import type { ResourcesNode, TextNode } from "../nodes/index.ts";
import { parseCpu, parseMemory } from "../quantities.ts";
import { field } from "./json.ts";

/** Each quantity is written twice: as a number for old backends, where it is known, and as text. */
export function emitResources(
  resources: ResourcesNode,
  textOf: (text: TextNode) => string,
): { resources?: PipelineDeploymentConfig_PipelineContainerSpec_ResourceSpecJson } {
  if (Object.keys(resources).length === 0) return {};
  const { cpuLimit, cpuRequest, memoryLimit, memoryRequest, acceleratorType, acceleratorCount } = resources;
  return {
    resources: {
      ...both("resourceCpuLimit", "cpuLimit", cpuLimit, parseCpu),
      ...both("resourceCpuRequest", "cpuRequest", cpuRequest, parseCpu),
      ...both("resourceMemoryLimit", "memoryLimit", memoryLimit, parseMemory),
      ...both("resourceMemoryRequest", "memoryRequest", memoryRequest, parseMemory),
      ...(acceleratorType !== undefined &&
        acceleratorCount !== undefined && {
          accelerator: {
            ...both("resourceType", "type", acceleratorType, (text) => text),
            ...both("resourceCount", "count", acceleratorCount, (text) => text),
          },
        }),
    },
  };

  function both<Known extends string | number>(
    name: string,
    oldName: string,
    text: TextNode | undefined,
    parse: (text: string) => Known | null,
  ): Readonly<Record<string, string | Known | undefined>> {
    if (text === undefined) return {};
    const known = typeof text === "string" ? parse(text) : null;
    return { [name]: textOf(text), ...field(oldName, known ?? undefined) };
  }
}
