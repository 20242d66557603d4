import { createHash } from "node:crypto";
import type { PipelineDeploymentConfigJson, PipelineSpec } from "../ir/types.ts";
import type { ContainerNode, PipelineNode, TaskNode } from "../nodes/index.ts";
import { canonicalJson } from "./json.ts";
import { emitPipeline } from "./pipeline.ts";

export interface CompiledSpec {
  /** The pipeline's name. */
  readonly name: string;
  readonly spec: PipelineSpec;
  /** The spec's `deploymentSpec`. */
  readonly deployment: PipelineDeploymentConfigJson;
  /** The spec as canonical JSON: equal pipelines give equal bytes. */
  readonly json: string;
  /** sha256 of `json`, hexadecimal. */
  readonly digest: string;
}

/** Compiles a pipeline, or a component as a pipeline of one task. Throws `SpecError`. */
export function compileNode(node: PipelineNode | ContainerNode): CompiledSpec {
  const spec = emitPipeline(node.kind === "pipeline" ? node : alone(node));
  const json = canonicalJson(spec);
  return {
    name: node.name,
    spec,
    deployment: spec.deploymentSpec ?? {},
    json,
    digest: createHash("sha256").update(json).digest("hex"),
  };
}

/** A pipeline that takes what the component takes, and gives what it gives. */
function alone(component: ContainerNode): PipelineNode {
  const task: TaskNode = {
    kind: "task",
    id: 0,
    component,
    arguments: Object.fromEntries(
      Object.keys(component.inputs).map((name) => [name, { kind: "pipeline-input", name } as const]),
    ),
    after: [],
    settings: { cache: true, resources: {}, environment: {} },
  };
  return {
    kind: "pipeline",
    name: component.name,
    ...(component.description !== undefined && { description: component.description }),
    inputs: component.inputs,
    outputs: Object.fromEntries(
      Object.entries(component.outputs).map(([output, definition]) => [
        output,
        { definition, value: { kind: "task-output", task: 0, output } } as const,
      ]),
    ),
    steps: [task],
  };
}
