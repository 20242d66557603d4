import type { Flow } from "./flow.ts";
import { mapLeaves, type Source } from "./source.ts";

/** The source followed through pipelines in pipelines, to tasks, constants and inputs of the outermost pipeline. */
export function originOf(flow: Flow, source: Source): Source {
  return mapLeaves(source, (leaf) => {
    if (leaf.kind === "input" && leaf.pipeline !== "") {
      const pipeline = flow.byPath.get(leaf.pipeline);
      if (pipeline?.kind !== "group") return { kind: "absent" };
      const given = pipeline.inputs[leaf.name];
      if (given !== undefined) return originOf(flow, given);
      const value = pipeline.definitions.inputs[leaf.name]?.default;
      return value === undefined ? { kind: "absent" } : { kind: "constant", value };
    }
    if (leaf.kind === "output") {
      const step = flow.byPath.get(leaf.step);
      return step?.kind === "group" ? originOf(flow, step.outputs[leaf.name] ?? { kind: "absent" }) : leaf;
    }
    return leaf;
  });
}
