import { fillIn, type JsonValue, placeholder, type ReferenceNode, type TextNode } from "../nodes/index.ts";
import type { Channels } from "./channels.ts";

/** Fills the references of a template in as placeholders, for Vertex to fill in at run time. */
export function emitTemplate(value: JsonValue, references: readonly ReferenceNode[], channels: Channels): JsonValue {
  return visit(value);

  function visit(each: JsonValue): JsonValue {
    if (typeof each === "string") return fillIn(each, filled);
    if (typeof each !== "object" || each === null) return each;
    if (Array.isArray(each)) return each.map(visit);
    return Object.fromEntries(Object.entries(each).map(([key, field]) => [fillIn(key, filled), visit(field)]));
  }

  function filled(index: number): string {
    const reference = references[index];
    return reference === undefined ? "" : placeholder.inputParameter(channels.of(reference).name);
  }
}

/** A text, with placeholders in it where it is known only at run time. */
export function emitText(text: TextNode, channels: Channels): string {
  return typeof text === "string" ? text : String(emitTemplate(text.value, text.references, channels));
}

/** The references whose marker stands somewhere in the value. */
export function referencesOf(value: JsonValue, references: readonly ReferenceNode[]): readonly ReferenceNode[] {
  if (references.length === 0) return [];
  const found = new Set<number>();
  collect(value);
  return references.filter((_, index) => found.has(index));

  function collect(each: JsonValue): void {
    if (typeof each === "string") {
      fillIn(each, (index) => {
        found.add(index);
        return "";
      });
    } else if (typeof each === "object" && each !== null) {
      for (const [key, field] of Object.entries(each)) {
        if (!Array.isArray(each)) collect(key);
        collect(field);
      }
    }
  }
}
