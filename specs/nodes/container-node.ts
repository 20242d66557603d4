import type { ArgumentNode } from "./argument-node.ts";
import type { DefinitionNodes } from "./definitions.ts";

/** A component that is a container. */
export interface ContainerNode {
  readonly kind: "container";
  readonly name: string;
  readonly description?: string;
  readonly inputs: DefinitionNodes;
  readonly outputs: DefinitionNodes;
  readonly image: string;
  readonly command: readonly ArgumentNode[];
  readonly arguments: readonly ArgumentNode[];
  readonly environment: Readonly<Record<string, string>>;
  /** Settings of a task that the component hands on by itself, by field of the IR's `TaskConfigPassthrough`. */
  readonly taskConfig?: readonly { readonly field: string; readonly applyToTask: boolean }[];
}
