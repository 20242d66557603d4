import type { Flow } from "./flow.ts";
import { fillTemplate } from "./read-inputs.ts";
import type { Source } from "./source.ts";

/** A source in a few words: `train.model`, `item.name`, `"text"`. @param longest Characters of a constant. */
export function printSource(source: Source, flow: Flow, longest?: number): string {
  switch (source.kind) {
    case "constant":
      return printValue(source.value, longest);
    case "input":
      return source.name;
    case "output":
      return `${titleOf(flow, source.step)}.${source.name}`;
    case "item":
      return itemOf(flow, source.loop);
    case "collected":
      return `every ${printSource(source.of, flow)}`;
    case "one-of":
      return source.of.map((each) => printSource(each, flow)).join(" or ");
    case "field":
      return `${printSource(source.of, flow)}.${source.field}`;
    case "selected":
      return source.expression.replaceAll("string_value", printSource(source.of, flow));
    case "template":
      return printValue(
        fillTemplate(source.value, (name) => {
          const of = source.names[name];
          return of === undefined ? undefined : `\${${printSource(of, flow)}}`;
        }),
        longest,
      );
    case "status":
      return `how ${titleOf(flow, source.step)} ended`;
    case "absent":
      return "nothing";
  }
}

/** JSON, or as much of it as says what it is. */
export function printValue(value: unknown, longest = 120): string {
  const text = typeof value === "string" ? JSON.stringify(value) : printInline(value);
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function printInline(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** `names[i]`, or `item` of a list that stands in the pipeline itself. */
function itemOf(flow: Flow, path: string): string {
  const loop = flow.byPath.get(path);
  const items = loop?.kind === "group" ? loop.loop?.items : undefined;
  return items === undefined || items.kind === "constant" ? "item" : `${printSource(items, flow)}[i]`;
}

function titleOf(flow: Flow, path: string): string {
  const step = flow.byPath.get(path);
  if (step === undefined) return path;
  return step.kind === "group" && step.role === "exit-handler" ? "the guarded tasks" : step.title;
}
