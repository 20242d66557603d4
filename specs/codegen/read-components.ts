import { compile } from "../compile.ts";
import { componentNode } from "../load/component-node.ts";
import { descriptionOf } from "../load/description.ts";
import { asSpecDocuments } from "../load/documents.ts";
import { type LoadOptions, readSource } from "../load/load-component.ts";
import { readYaml } from "../load/read-yaml.ts";
import { isVersion1, readVersion1 } from "../load/version-1.ts";
import type { CodegenComponent } from "./types.ts";

/** The component of a YAML or JSON file or address, for bindings. Throws `LoadError` with every problem. */
export async function readComponent(source: string, options: LoadOptions = {}): Promise<CodegenComponent> {
  const { text, name } = await readSource(source, options);
  const documents = readYaml(text, name);
  const [first] = documents;
  if (isVersion1(first)) {
    const node = readVersion1(first, name);
    return {
      name: node.name,
      documents: { spec: compile({ node }).spec },
      ...(node.description !== undefined && { description: node.description }),
    };
  }
  const compiled = asSpecDocuments(documents, name);
  const node = componentNode(compiled);
  const description = node.description ?? descriptionOf(text);
  return { name: node.name, documents: compiled, ...(description !== undefined && { description }) };
}
