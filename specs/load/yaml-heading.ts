import { canonicalJson } from "../ir/canonical-json.ts";
import type { ComponentInputsSpecJson, ComponentOutputsSpecJson, PipelineSpec } from "../ir/types.ts";

/** The comment at the head of a YAML file, as the Python SDK writes it: it reads the description from there. */
export function yamlHeading({ pipelineInfo, root }: PipelineSpec): string {
  const lines = ["# PIPELINE DEFINITION", `# Name: ${oneLine(pipelineInfo?.name ?? "")}`];
  const [first, ...more] = (pipelineInfo?.description ?? "").split(/\r\n?|\n/).map(oneLine);
  if (first) lines.push(`# Description: ${first}`, ...more.map((line) => `#${" ".repeat(14)}${line}`));
  lines.push(...section("Inputs", root?.inputDefinitions), ...section("Outputs", root?.outputDefinitions));
  return `${lines.join("\n")}\n`;
}

const typeNames: Readonly<Record<string, string>> = {
  STRING: "str",
  NUMBER_INTEGER: "int",
  NUMBER_DOUBLE: "float",
  BOOLEAN: "bool",
  LIST: "list",
  STRUCT: "dict",
};

function section(title: string, definitions: ComponentInputsSpecJson | ComponentOutputsSpecJson = {}): string[] {
  const parameters = Object.entries(definitions.parameters ?? {}).map(([name, definition]) => {
    const type = definition.parameterType ?? "STRING";
    const value = "defaultValue" in definition ? ` [Default: ${canonicalJson(definition.defaultValue)}]` : "";
    return `#    ${name}: ${typeNames[type] ?? type}${value}`;
  });
  const artifacts = Object.entries(definitions.artifacts ?? {}).map(
    ([name, { artifactType }]) => `#    ${name}: ${artifactType?.schemaTitle ?? "system.Artifact"}`,
  );
  const lines = [...parameters, ...artifacts].map(oneLine).sort();
  return lines.length === 0 ? [] : [`# ${title}:`, ...lines];
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/gu, " ");
}
