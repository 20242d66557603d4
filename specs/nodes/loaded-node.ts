import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { PipelineSpec } from "../ir/types.ts";
import type { DefinitionNodes } from "./definitions.ts";

/** A component or pipeline that came as IR: from the Python SDK, or from a file. */
export interface LoadedNode {
  readonly kind: "loaded";
  readonly name: string;
  readonly description?: string;
  readonly inputs: DefinitionNodes;
  readonly outputs: DefinitionNodes;
  /** Its own document. */
  readonly spec: PipelineSpec;
  /** Its platform document, for open-source Kubeflow Pipelines. */
  readonly platform?: PlatformSpecJson;
}
