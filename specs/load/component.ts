import type { Inputs, Outputs } from "../builders/checks.ts";
import type { ContainerNode, LoadedNode } from "../nodes/index.ts";
import { componentFromNode, type LoadedComponent, type UntypedComponent } from "./bind.ts";
import { componentNode } from "./component-node.ts";
import { asComponentDocuments } from "./documents.ts";
import { readYaml } from "./read-yaml.ts";
import { isVersion1, readVersion1 } from "./version-1.ts";

/**
 * The component that a YAML or JSON text is: one that the Python SDK compiled, a whole pipeline, or one in the form of
 * Kubeflow Pipelines' first version. Throws `LoadError` with every problem.
 *
 * `retemper codegen` writes the types of its inputs and outputs. Without them, everything is checked when the pipeline
 * is made.
 *
 * @param source What messages call the text: its file or address.
 */
export function componentFromYaml(text: string, source?: string): UntypedComponent;
export function componentFromYaml<In extends Inputs, Out extends Outputs>(
  text: string,
  source?: string,
): LoadedComponent<In, Out>;
export function componentFromYaml(text: string, source = "text"): unknown {
  return componentFromNode(nodeFromYaml(text, source));
}

/** The same as plain data. */
export function nodeFromYaml(text: string, source = "text"): ContainerNode | LoadedNode {
  const documents = readYaml(text, source);
  const [first] = documents;
  if (isVersion1(first)) return readVersion1(first, source);
  return componentNode(asComponentDocuments(documents, source));
}
