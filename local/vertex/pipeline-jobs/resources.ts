import type { PipelineDeploymentConfig_PipelineContainerSpecJson } from "../../../specs/ir/generated/pipeline_spec_pb.js";
import type { Request } from "../processes/capacity.ts";
import type { JsonObject } from "../wire/json.ts";

/** With its placeholders filled in. */
type Resources = NonNullable<PipelineDeploymentConfig_PipelineContainerSpecJson["resources"]>;

/** What a container task asks for; on Vertex only limits count. Memory is given in gigabytes (10^9) where it is a number. */
export function requestOf(filled: JsonObject): Request {
  const resources = filled as Resources;
  const cpus = quantity(resources.resourceCpuLimit) ?? Number(resources.cpuLimit ?? 0);
  const memory = quantity(resources.resourceMemoryLimit) ?? Number(resources.memoryLimit ?? 0) * 1e9;
  return { cpus, memory };
}

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity such as `500m` or `16Gi`; undefined when it is absent or none. */
function quantity(text: string | undefined): number | undefined {
  const match = /^([\d.]+)([A-Za-z]*)$/.exec(text ?? "");
  const unit = units[match?.[2] ?? ""];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
