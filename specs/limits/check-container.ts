import { taskAcceleratorMistake } from "../hardware/index.ts";
import type { PipelineDeploymentConfig_PipelineContainerSpecJson } from "../ir/types.ts";
import { parseCpu, parseMemory } from "../quantities.ts";
import { type LimitFinding, limits } from "./limits.ts";

/** What Vertex would refuse of a container, or ignore. Quantities that come from parameters are known only at run time. */
export function checkContainer(
  container: PipelineDeploymentConfig_PipelineContainerSpecJson,
  path: string,
): readonly LimitFinding[] {
  const { resources = {}, env = [] } = container;
  const findings: LimitFinding[] = [];
  const find = (code: LimitFinding["code"], at: string, message: string) =>
    findings.push({ code, message, path: `${path}${at}` });

  const cpu = number(resources.cpuLimit) ?? parseCpu(resources.resourceCpuLimit ?? "");
  if (cpu !== null && cpu > limits.taskCpu) {
    find(
      "TaskCpu",
      "/resources/cpuLimit",
      `A task has ${limits.taskCpu} CPUs at most, not ${cpu}: run it as a CustomJob on a larger machine.`,
    );
  }
  const memory = number(resources.memoryLimit) ?? parseMemory(resources.resourceMemoryLimit ?? "");
  if (memory !== null && memory > limits.taskMemoryGb) {
    find(
      "TaskMemory",
      "/resources/memoryLimit",
      `A task has ${limits.taskMemoryGb} GB of memory at most, not ${memory.toFixed(0)}: run it as a CustomJob on a larger machine.`,
    );
  }
  for (const request of ["cpuRequest", "memoryRequest"] as const) {
    if (resources[request] === undefined) continue;
    find("RequestIgnored", `/resources/${request}`, "Vertex knows limits only, and ignores requests: set the limit.");
  }
  const accelerator = resources.accelerator?.resourceType ?? resources.accelerator?.type ?? "";
  if (accelerator.includes(".com/")) {
    find(
      "KubernetesAccelerator",
      "/resources/accelerator",
      `Vertex names accelerators its own way, such as NVIDIA_TESLA_T4; ${accelerator} is Kubernetes' resource name.`,
    );
  }
  const mistake = mistaken(accelerator, resources.accelerator?.resourceCount ?? resources.accelerator?.count);
  if (mistake !== null) find("Accelerator", "/resources/accelerator", mistake);
  if (env.length > limits.environmentVariables) {
    const most = limits.environmentVariables;
    find(
      "EnvironmentVariables",
      "/env",
      `A container has ${most} environment variables at most, and this one ${env.length}.`,
    );
  }
  return findings;
}

/** Kubernetes' names are told apart above; what comes from parameters is known only at run time. */
function mistaken(type: string, count: string | undefined): string | null {
  if (type === "" || type.includes(".com/") || type.includes("{{")) return null;
  return taskAcceleratorMistake(type, Number(count ?? 1));
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
