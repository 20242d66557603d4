import type { ComponentNode, DefinitionNodes } from "../nodes/index.ts";

/** What a component takes, by input. */
export function componentInputs(component: ComponentNode): DefinitionNodes {
  switch (component.kind) {
    case "container":
      return component.inputs;
    case "importer":
      return { uri: { kind: "parameter", type: "string", optional: false } };
  }
}
