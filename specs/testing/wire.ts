import { type Flow, originOf, type Source } from "../graph/flow/index.ts";
import type { Names } from "./names.ts";

/** Where a value comes from. Tasks are named by their path. */
export type Wire =
  | { readonly kind: "constant"; readonly value: unknown }
  /** What the component itself says, where the task says nothing. */
  | { readonly kind: "default"; readonly value: unknown }
  /** An input of the whole pipeline. */
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "output"; readonly task: string; readonly name: string }
  /** What a loop goes over, one after the other. */
  | { readonly kind: "item"; readonly of: Wire }
  /** All that a loop made. */
  | { readonly kind: "every"; readonly of: Wire }
  /** That of whichever branch ran. */
  | { readonly kind: "one-of"; readonly of: readonly Wire[] }
  | { readonly kind: "field"; readonly of: Wire; readonly field: string }
  /** An expression of the IR over `string_value`. */
  | { readonly kind: "selected"; readonly of: Wire; readonly expression: string }
  /** A constant with values in its texts. */
  | { readonly kind: "template"; readonly value: unknown; readonly of: readonly Wire[] }
  /** How the tasks under an exit handler ended. */
  | { readonly kind: "status"; readonly tasks: readonly string[] }
  /** An optional input that nobody gave. */
  | { readonly kind: "absent" };

/** A source as tests compare it, followed through pipelines in pipelines. */
export function wireOf(source: Source, flow: Flow, names: Names): Wire {
  return read(originOf(flow, source));

  function read(from: Source): Wire {
    switch (from.kind) {
      case "constant":
      case "absent":
        return from;
      case "input":
        return { kind: "input", name: from.name };
      case "output":
        return { kind: "output", task: names.of(from.step), name: from.name };
      case "item": {
        const loop = flow.byPath.get(from.loop);
        const items = loop?.kind === "group" ? loop.loop?.items : undefined;
        return { kind: "item", of: items === undefined ? { kind: "absent" } : wireOf(items, flow, names) };
      }
      case "collected":
        return { kind: "every", of: read(from.of) };
      case "one-of":
        return { kind: "one-of", of: from.of.map(read) };
      case "field":
        return { kind: "field", of: read(from.of), field: from.field };
      case "selected":
        return { kind: "selected", of: read(from.of), expression: from.expression };
      case "template":
        return { kind: "template", value: from.value, of: Object.values(from.names).map(read) };
      case "status":
        return { kind: "status", tasks: names.under(from.step) };
    }
  }
}

/** The wires that one is made of, itself when it is not made of others. */
export function endsOf(wire: Wire): readonly Wire[] {
  switch (wire.kind) {
    case "item":
    case "every":
    case "field":
    case "selected":
      return endsOf(wire.of);
    case "one-of":
    case "template":
      return wire.of.flatMap(endsOf);
    default:
      return [wire];
  }
}
