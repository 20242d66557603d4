import { currentScope, mistake } from "../builders/scope.ts";
import { type AnyValue, internals, isValue } from "../builders/values.ts";
import type { ContainerNode, DefinitionNode, LoadedNode, ParameterKind } from "../nodes/index.ts";

/**
 * What the compiler checks where it knows a component: that every value has the type of its input.
 * Throws `SpecError`.
 */
export function checkTypes(
  given: Readonly<Record<string, unknown>>,
  { name, inputs }: ContainerNode | LoadedNode,
): void {
  for (const [input, value] of Object.entries(given)) {
    const wanted = inputs[input];
    if (wanted === undefined || value === undefined || fits(value, wanted)) continue;
    const message = `takes ${noun(wanted)}, but is given ${nounOfValue(value)}.`;
    throw mistake(currentScope(`A task of "${name}"`), "invalid-input", message, { task: name, input });
  }
}

function fits(value: unknown, wanted: DefinitionNode): boolean {
  if (isValue(value)) {
    const { definition } = (value as AnyValue)[internals];
    if (definition.kind === "parameter") return wanted.kind === "parameter" && definition.type === wanted.type;
    return (
      wanted.kind === "artifact" &&
      definition.list === wanted.list &&
      (wanted.schemaTitle === "system.Artifact" || definition.schemaTitle === wanted.schemaTitle)
    );
  }
  return wanted.kind === "parameter" && known[wanted.type](value);
}

/** Whether something that is known now is a value of a type. */
const known: Readonly<Record<ParameterKind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  int: (value) => Number.isInteger(value),
  double: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  list: Array.isArray,
  struct: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "task-final-status": () => false,
  "task-config": () => false,
};

function noun(definition: DefinitionNode): string {
  if (definition.kind === "artifact") return `${definition.list ? "a list of" : "a"} ${definition.schemaTitle}`;
  return `${definition.type === "int" ? "an" : "a"} ${definition.type}`;
}

function nounOfValue(value: unknown): string {
  if (isValue(value)) return noun((value as AnyValue)[internals].definition);
  if (typeof value === "function" || (typeof value === "object" && value !== null && "outputs" in value)) {
    return "a whole task: name one of its outputs";
  }
  return JSON.stringify(value) ?? typeof value;
}
