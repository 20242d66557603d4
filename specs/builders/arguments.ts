import { SpecError, type SpecErrorPlace } from "../error.ts";
import {
  type DefinitionNode,
  type DefinitionNodes,
  type JsonValue,
  marker,
  type ReferenceNode,
  type TemplateNode,
  type TextNode,
  tieDown,
  type ValueNode,
} from "../nodes/index.ts";
import { checkReachable, mistake, type Scope } from "./scope.ts";
import { type AnyValue, internals, isValue } from "./values.ts";

/** The arguments of a task as nodes. Throws `SpecError`, which lists every mistake where there are several. */
export function argumentNodes(
  given: Readonly<Record<string, unknown>>,
  task: string,
  definitions: DefinitionNodes,
  scope: Scope,
): Readonly<Record<string, ValueNode>> {
  const nodes: Record<string, ValueNode> = {};
  const mistakes: SpecError[] = [];
  for (const [input, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const definition = definitions[input];
    if (definition === undefined) {
      const known = Object.keys(definitions).join(", ") || "none";
      const message = `there is no such input; the component takes ${known}.`;
      mistakes.push(mistake(scope, "invalid-input", message, { task, input }));
      continue;
    }
    try {
      nodes[input] = argumentNode(value, definition, scope, { task, input });
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      mistakes.push(error);
    }
  }
  const missing = Object.keys(definitions).filter(
    (input) => given[input] === undefined && mustBeGiven(definitions[input]),
  );
  if (missing.length > 0) mistakes.push(mistake(scope, "invalid-input", `needs ${missing.join(", ")}.`, { task }));
  const [first, ...others] = mistakes;
  if (first === undefined) return Object.freeze(nodes);
  if (others.length === 0) throw first;
  const all = mistakes.map(
    ({ place: { input }, sentence }) => `\n  ${input === undefined ? "" : `${input}: `}${sentence}`,
  );
  throw mistake(scope, first.code, `has ${mistakes.length} mistakes:${all.join("")}`, { task });
}

function mustBeGiven(definition: DefinitionNode | undefined): boolean {
  return definition !== undefined && !definition.optional;
}

function argumentNode(value: unknown, definition: DefinitionNode, scope: Scope, place: SpecErrorPlace): ValueNode {
  if (isValue(value)) return referenceNode(value as AnyValue, definition, scope, place);
  if (definition.kind === "artifact" || typeof value === "function") {
    const message = "takes an artifact: an output of a task, such as task.model.";
    throw mistake(scope, "invalid-input", message, place);
  }
  if (definition.type === "int" && !Number.isInteger(value)) {
    throw mistake(scope, "invalid-value", `takes a whole number, not ${String(value)}.`, place);
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw mistake(scope, "invalid-value", `takes a number, not ${value}.`, place);
  }
  return templateNode(value, scope, place);
}

function referenceNode(value: AnyValue, wanted: DefinitionNode, scope: Scope, place: SpecErrorPlace): ReferenceNode {
  const { node, definition } = value[internals];
  checkReachable(value[internals], scope, place);
  if (definition.kind !== wanted.kind || (wanted.kind === "artifact" && wanted.list !== isList(definition))) {
    const message = `takes ${noun(wanted)}, but is given ${noun(definition)}.`;
    throw mistake(scope, "invalid-input", message, place);
  }
  return node;
}

function isList(definition: DefinitionNode): boolean {
  return definition.kind === "artifact" && definition.list;
}

function noun(definition: DefinitionNode): string {
  if (definition.kind === "parameter") return `a parameter of type ${definition.type}`;
  return definition.list ? `a list of ${definition.schemaTitle}` : `an artifact of type ${definition.schemaTitle}`;
}

/** Data that may hold values, as a constant or, where it does, a template. Throws `SpecError`. */
export function templateNode(data: unknown, scope: Scope, place: SpecErrorPlace): Exclude<ValueNode, ReferenceNode> {
  const references: ReferenceNode[] = [];
  const value = visit(data);
  return Object.freeze(
    references.length === 0
      ? { kind: "constant", value }
      : { kind: "template", value, references: Object.freeze(references) },
  );

  function visit(each: unknown): JsonValue {
    if (typeof each === "string") return resolve(each);
    if (each === null || typeof each === "number" || typeof each === "boolean") return each;
    if (isValue(each)) return marker(indexOf(each as AnyValue));
    if (Array.isArray(each)) return each.map(visit);
    if (typeof each === "object") {
      const fields = Object.entries(each).filter(([, field]) => field !== undefined);
      return Object.fromEntries(fields.map(([key, field]) => [visit(key), visit(field)]));
    }
    throw mistake(scope, "invalid-input", `takes JSON, which has no ${typeof each}.`, place);
  }

  function resolve(text: string): string {
    const { serial, inTexts } = scope.trace;
    return tieDown(text, (trace, index) => {
      const found = inTexts[index];
      if (trace !== serial || found === undefined) {
        const message = "has a value of another pipeline in its text. Pass it in as an input.";
        throw mistake(scope, "unreachable", message, place);
      }
      checkReachable(found, scope, place);
      return marker(position(found.node));
    });
  }

  function indexOf(each: AnyValue): number {
    const { node, definition } = each[internals];
    if (definition.kind === "artifact") {
      throw mistake(scope, "invalid-input", "has an artifact among its data: give it to an input of its own.", place);
    }
    checkReachable(each[internals], scope, place);
    return position(node);
  }

  function position(node: ReferenceNode): number {
    const found = references.indexOf(node);
    return found >= 0 ? found : references.push(node) - 1;
  }
}

/** A text that may hold values. Throws `SpecError`. */
export function textNode(text: unknown, scope: Scope, place: SpecErrorPlace): TextNode {
  const node = templateNode(isValue(text) ? text : String(text), scope, place);
  return node.kind === "constant" ? String(node.value) : (node satisfies TemplateNode);
}
