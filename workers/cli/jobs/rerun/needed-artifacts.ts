import type { JobView } from "../failures.ts";
import type { PulledArtifact } from "../pulled-job.ts";
import { originsOf } from "./origins.ts";
import type { RerunPlan } from "./plan.ts";

/** The artifacts of earlier tasks, and of the pipeline's own inputs, that the tasks of the plan read; each once. */
export function neededArtifacts({ job, flow }: JobView, { taken, runs }: RerunPlan): readonly PulledArtifact[] {
  const found = new Map<string, PulledArtifact>();
  const add = (artifacts: readonly PulledArtifact[]) => {
    for (const artifact of artifacts) found.set(`${artifact.name} ${artifact.uri}`, artifact);
  };
  const producers = Map.groupBy(taken, ({ step }) => step.path);
  for (const { place, step } of runs) {
    for (const origin of Object.values(step.given).flatMap((source) => originsOf(flow, source))) {
      if (origin.kind === "input") add([job.runtimeConfig.inputArtifacts[origin.name] ?? []].flat());
      if (origin.kind !== "output" || !origin.artifact) continue;
      for (const producer of producers.get(origin.step) ?? []) {
        if (mayMeet(place, producer.place)) add(producer.task.outputs.artifacts[origin.name] ?? []);
      }
    }
  }
  return [...found.values()];
}

/** Whether two tasks may be in the same iteration of every loop that is around both. */
function mayMeet(one: string, other: string): boolean {
  const others = other.split(".");
  for (const [depth, part] of one.split(".").entries()) {
    const beside = others[depth] ?? "";
    if (nameOf(part) !== nameOf(beside)) return true;
    if (part !== beside && part.includes("[") && beside.includes("[")) return false;
  }
  return true;
}

function nameOf(part: string): string {
  return part.replace(/\[\d+\]$/, "");
}
