import type { ArtifactDefinitionNode } from "./definitions.ts";
import type { JsonValue } from "./json.ts";

/** A component that makes a known URI an artifact. Its input is `uri`, its output `artifact`. */
export interface ImporterNode {
  readonly kind: "importer";
  readonly name: string;
  readonly artifact: ArtifactDefinitionNode;
  readonly reimport: boolean;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}
