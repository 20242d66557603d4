import type { ComponentNode, DefinitionNode, DefinitionNodes } from "../nodes/index.ts";

const uri: DefinitionNode = { kind: "parameter", type: "string", optional: false };

/** What a component takes, by input. */
export function componentInputs(component: ComponentNode): DefinitionNodes {
  return component.kind === "importer" ? { uri, ...component.metadataInputs } : component.inputs;
}

/** What a component gives, by output. */
export function componentOutput(component: ComponentNode, output: string): DefinitionNode | undefined {
  switch (component.kind) {
    case "importer":
      return output === "artifact" ? component.artifact : undefined;
    case "pipeline":
      return component.outputs[output]?.definition;
    case "container":
    case "function":
    case "loaded":
      return component.outputs[output];
  }
}
