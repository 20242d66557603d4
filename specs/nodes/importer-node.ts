import type { ArtifactDefinitionNode, DefinitionNodes } from "./definitions.ts";
import type { JsonValue } from "./json.ts";

/** A component that makes a known URI an artifact. Its input is `uri`, its output `artifact`. */
export interface ImporterNode {
  readonly kind: "importer";
  readonly name: string;
  readonly artifact: ArtifactDefinitionNode;
  readonly reimport: boolean;
  /** Where it is filled in at run time, it holds placeholders of `metadataInputs`. */
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly metadataInputs: DefinitionNodes;
  /** Open-source Kubeflow Pipelines only. */
  readonly downloadToWorkspace: boolean;
}
