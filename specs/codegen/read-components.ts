import { descriptionOf } from "../load/description.ts";
import { type LoadOptions, readSource } from "../load/load-component.ts";
import { readYaml } from "../load/read-yaml.ts";
import { isVersion1, readVersion1 } from "../load/version-1.ts";
import { fromDocuments, fromNode } from "./codegen-component.ts";
import type { CodegenComponent } from "./types.ts";

/** The component of a YAML or JSON file or address, for bindings. Throws `LoadError` with every problem. */
export async function readComponent(source: string, options: LoadOptions = {}): Promise<CodegenComponent> {
  const { text, name } = await readSource(source, options);
  const documents = readYaml(text, name);
  const [first] = documents;
  if (isVersion1(first)) return fromNode(readVersion1(first, name));
  const component = fromDocuments(documents, name);
  const description = component.description ?? descriptionOf(text);
  return { ...component, ...(description !== undefined && { description }) };
}
