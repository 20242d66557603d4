import { canonicalJson } from "../ir/canonical-json.ts";
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
export type TypeImport =
  | "ArtifactListType"
  | "ArtifactType"
  | "OptionalArtifact"
  | "OptionalArtifactList"
  | "ParameterOf";

/** Types of what a component can be given, takes and gives. */
export function writeTypes(component: CodegenComponent, type: string, used: Set<TypeImport>): string {
  const { inputs, outputs } = componentNode(component.documents);
  const taken = ordered(inputs, component.inputOrder);
  return `${documentedArguments(`${type}Arguments`, taken)}
${objectType(`${type}Inputs`, taken, used)}
${objectType(`${type}Outputs`, ordered(outputs), used, ({ description }) => docComment([description], "  "))}`;
}

type Entries = readonly (readonly [name: string, definition: DefinitionNode])[];

/** By name, unless its author's order is known: a spec has none. */
function ordered(definitions: DefinitionNodes, order: readonly string[] = []): Entries {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(definitions).sort(([one], [other]) => place(one) - place(other) || (one < other ? -1 : 1));
}

/** What an editor shows while the arguments are written. Their types are those of the inputs, which say what is wrong in words. */
function documentedArguments(name: string, definitions: Entries): string {
  const fields = definitions.map(([field, definition]) => {
    const comment = docComment([definition.description, noun(definition), defaultOf(definition)], "  ");
    return `${comment}  readonly ${propertyName(field)}?: unknown;\n`;
  });
  return `export interface ${name} {\n${fields.join("")}}\n`;
}

function noun(definition: DefinitionNode): string {
  const type =
    definition.kind === "parameter"
      ? `\`${definition.type}\``
      : `${definition.list ? "a list of " : ""}\`${definition.schemaTitle}\``;
  return definition.optional ? `${type}, may be left out` : type;
}

function defaultOf(definition: DefinitionNode): string | undefined {
  if (definition.kind === "artifact" || definition.default === undefined) return undefined;
  return `@defaultValue \`${canonicalJson(definition.default)}\``;
}

/** Not an interface: that would be no record of definitions. */
function objectType(
  name: string,
  definitions: Entries,
  used: Set<TypeImport>,
  comment: (definition: DefinitionNode) => string = () => "",
): string {
  if (definitions.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const fields = definitions.map(([field, definition]) => {
    return `${comment(definition)}  readonly ${propertyName(field)}: ${definitionType(definition, used)};\n`;
  });
  return `export type ${name} = {\n${fields.join("")}};\n`;
}

function definitionType(definition: DefinitionNode, used: Set<TypeImport>): string {
  if (definition.kind === "parameter") {
    used.add("ParameterOf");
    const given = definition.default !== undefined ? "defaulted" : definition.optional ? "optional" : "required";
    return `ParameterOf<"${definition.type}"${given === "required" ? "" : `, "${given}"`}>`;
  }
  const [required, optional] = definition.list
    ? (["ArtifactListType", "OptionalArtifactList"] as const)
    : (["ArtifactType", "OptionalArtifact"] as const);
  const type = definition.optional ? optional : required;
  used.add(type);
  return `${type}<${JSON.stringify(definition.schemaTitle)}>`;
}
