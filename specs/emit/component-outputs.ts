import type { ComponentNode, DefinitionNodes } from "../nodes/index.ts";

/** What a component gives, by output. */
export function componentOutputs(component: ComponentNode): DefinitionNodes {
  switch (component.kind) {
    case "container":
      return component.outputs;
    case "importer":
      return { artifact: component.artifact };
  }
}
