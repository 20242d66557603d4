import { canonicalJson } from "../emit/json.ts";
import type { SpecDocuments } from "../load/bind.ts";
import { componentNode } from "../load/component-node.ts";
import type { DefinitionNode, DefinitionNodes } from "../nodes/index.ts";
import { docComment } from "./documentation.ts";
import { propertyName } from "./names.ts";

/** A component to write bindings for. */
export interface CodegenComponent {
  /** As its author calls it; the module's variable has its name. */
  readonly name: string;
  readonly documents: SpecDocuments;
  readonly description?: string;
  /** The order in which its author wrote its inputs. */
  readonly inputOrder?: readonly string[];
}

/** What a module imports for its types. */
export type TypeImport = "ArtifactListType" | "ArtifactType" | "OptionalArtifact" | "ParameterOf";

/** Types of a component's inputs and outputs. */
export function writeTypes(component: CodegenComponent, type: string, used: Set<TypeImport>): string {
  const { inputs, outputs } = componentNode(component.documents);
  return `${objectType(`${type}Inputs`, ordered(inputs, component.inputOrder), used)}
${objectType(`${type}Outputs`, ordered(outputs), used)}`;
}

type Entries = readonly (readonly [name: string, definition: DefinitionNode])[];

/** By name, unless its author's order is known: a spec has none. */
function ordered(definitions: DefinitionNodes, order: readonly string[] = []): Entries {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(definitions).sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1));
}

/** Not an interface: that would be no record of definitions. */
function objectType(name: string, definitions: Entries, used: Set<TypeImport>): string {
  if (definitions.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const fields = definitions.map(([field, definition]) => {
    const comment = docComment([definition.description, defaultOf(definition)], "  ");
    return `${comment}  readonly ${propertyName(field)}: ${definitionType(definition, used)};\n`;
  });
  return `export type ${name} = {\n${fields.join("")}};\n`;
}

function defaultOf(definition: DefinitionNode): string | undefined {
  if (definition.kind === "artifact" || definition.default === undefined) return undefined;
  return `@defaultValue \`${canonicalJson(definition.default)}\``;
}

function definitionType(definition: DefinitionNode, used: Set<TypeImport>): string {
  if (definition.kind === "parameter") {
    used.add("ParameterOf");
    const given = definition.default !== undefined ? "defaulted" : definition.optional ? "optional" : "required";
    return `ParameterOf<"${definition.type}"${given === "required" ? "" : `, "${given}"`}>`;
  }
  const type = definition.list ? "ArtifactListType" : definition.optional ? "OptionalArtifact" : "ArtifactType";
  used.add(type);
  return `${type}<${JSON.stringify(definition.schemaTitle)}>`;
}
