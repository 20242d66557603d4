import { createHash } from "node:crypto";
import { SpecError } from "../error.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { PipelineDeploymentConfigJson, PipelineSpec } from "../ir/types.ts";
import { type ComponentNode, hasMarker, type JsonValue, type PipelineNode, type TaskNode } from "../nodes/index.ts";
import { nowhere } from "../origin.ts";
import { componentInputs } from "./component-interface.ts";
import { sanitize } from "./names.ts";
import { emitPipeline } from "./pipeline.ts";

export interface CompiledSpec {
  /** The pipeline's name. */
  readonly name: string;
  readonly spec: PipelineSpec;
  /** The spec's `deploymentSpec`. */
  readonly deployment: PipelineDeploymentConfigJson;
  /** For open-source Kubeflow Pipelines, where the author said something to it. */
  readonly platform?: PlatformSpecJson;
  /** The spec as canonical JSON: equal pipelines give equal bytes. */
  readonly json: string;
  /** sha256 of `json`, hexadecimal. */
  readonly digest: string;
}

export interface CompileOptions {
  /** In place of the pipeline's own name. */
  readonly name?: string;
  /** In place of the pipeline's own display name. */
  readonly displayName?: string;
  /** Values for inputs of the pipeline, in place of their defaults. */
  readonly parameters?: Readonly<Record<string, JsonValue>>;
}

/** Compiles a pipeline, or a component as a pipeline of one task. Throws `SpecError`. */
export function compileNode(node: ComponentNode, options: CompileOptions = {}): CompiledSpec {
  const pipeline = withOptions(node.kind === "pipeline" ? node : alone(node), options);
  const { spec, platform } = emitPipeline(pipeline);
  checkWorkspace(pipeline, spec);
  const json = canonicalJson(spec);
  if (hasMarker(json)) {
    const message =
      "a value that is known only at run time was made part of a text that is needed now. It can stand in the arguments of a task.";
    throw new SpecError("unsupported", message, { pipeline: pipeline.name }, pipeline.origin);
  }
  return {
    name: pipeline.name,
    spec,
    deployment: spec.deploymentSpec ?? {},
    ...(platform !== undefined && { platform }),
    json,
    digest: createHash("sha256").update(json).digest("hex"),
  };
}

/** What is downloaded into a workspace needs one. */
function checkWorkspace({ name, origin, kubernetes }: PipelineNode, { deploymentSpec }: PipelineSpec): void {
  if (kubernetes?.["workspace"] !== undefined) return;
  for (const [label, { importer }] of Object.entries(deploymentSpec?.executors ?? {})) {
    if (importer?.downloadToWorkspace !== true) continue;
    const message = `${label} downloads into the workspace, and the pipeline has none: kubernetes: pipelineConfig({ workspace: { size: "10Gi" } }).`;
    throw new SpecError("unsupported", message, { pipeline: name }, origin);
  }
}

function withOptions(pipeline: PipelineNode, options: CompileOptions): PipelineNode {
  const { name = pipeline.name, displayName, parameters = {} } = options;
  if (Object.keys(options).length === 0) return pipeline;
  const inputs = { ...pipeline.inputs };
  for (const [input, value] of Object.entries(parameters)) {
    const definition = inputs[input];
    if (definition?.kind !== "parameter") {
      throw new SpecError(
        "invalid-name",
        "there is no such parameter to give a value.",
        { pipeline: name, input },
        pipeline.origin,
      );
    }
    inputs[input] = { ...definition, default: value };
  }
  return { ...pipeline, name, inputs, ...(displayName !== undefined && { displayName }) };
}

/** A pipeline that takes what the component takes, and gives what it gives. */
function alone(component: Exclude<ComponentNode, PipelineNode>): PipelineNode {
  const outputs = component.kind === "importer" ? { artifact: component.artifact } : component.outputs;
  const task: TaskNode = {
    kind: "task",
    id: 0,
    origin: nowhere,
    component,
    arguments: Object.fromEntries(
      Object.keys(componentInputs(component)).map((name) => [name, { kind: "pipeline-input", name } as const]),
    ),
    after: [],
    settings: { cache: true, resources: {}, environment: {}, ignoreUpstreamFailure: false },
  };
  return {
    kind: "pipeline",
    origin: nowhere,
    name: sanitize(component.name),
    inputs: componentInputs(component),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([output, definition]) => [
        output,
        { definition, value: { kind: "task-output", task: 0, output } } as const,
      ]),
    ),
    steps: [task],
  };
}
