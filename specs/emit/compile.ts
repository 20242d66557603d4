import { createHash } from "node:crypto";
import { SpecError } from "../error.ts";
import type { PipelineDeploymentConfigJson, PipelineSpec } from "../ir/types.ts";
import type { ContainerNode, JsonValue, PipelineNode, TaskNode } from "../nodes/index.ts";
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

export interface CompileOptions {
  /** In place of the pipeline's own name. */
  readonly name?: string;
  /** Values for inputs of the pipeline, in place of their defaults. */
  readonly parameters?: Readonly<Record<string, JsonValue>>;
}

/** Compiles a pipeline, or a component as a pipeline of one task. Throws `SpecError`. */
export function compileNode(node: PipelineNode | ContainerNode, options: CompileOptions = {}): CompiledSpec {
  const pipeline = withOptions(node.kind === "pipeline" ? node : alone(node), options);
  const spec = emitPipeline(pipeline);
  const json = canonicalJson(spec);
  return {
    name: pipeline.name,
    spec,
    deployment: spec.deploymentSpec ?? {},
    json,
    digest: createHash("sha256").update(json).digest("hex"),
  };
}

function withOptions(pipeline: PipelineNode, { name = pipeline.name, parameters = {} }: CompileOptions): PipelineNode {
  const inputs = { ...pipeline.inputs };
  for (const [input, value] of Object.entries(parameters)) {
    const definition = inputs[input];
    if (definition?.kind !== "parameter") {
      throw new SpecError("invalid-name", "there is no such parameter to give a value.", { pipeline: name, input });
    }
    inputs[input] = { ...definition, default: value };
  }
  return { ...pipeline, name, inputs };
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
