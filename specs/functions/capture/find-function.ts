import type { FunctionNode } from "../../nodes/index.ts";
import { locate, type SourceModule } from "./source-module.ts";
import { child, children, field, type Span, type SyntaxNode, walk } from "./syntax.ts";

/** The author's function as it stands in its module; null where it cannot be found. */
export function findFunction(module: SourceModule, { name, source }: FunctionNode): Span | null {
  const calls: SyntaxNode[] = [];
  walk(module.syntax.program, (node) => {
    if (node.type === "CallExpression" && children(node, "arguments").length === 3) calls.push(node);
  });
  const offset = offsetOf(module.text, source.line, source.column);
  const exact = calls.filter((call) => {
    const callee = child(call, "callee");
    return callee !== null && offset >= callee.start && offset <= callee.end;
  });
  // What transforms the module before it runs, a test runner for one, may move columns and lines.
  const named = calls.filter((call) => isNamed(call, name));
  const inLine = named.filter((call) => locate(module, call.start).line === source.line);
  const [only, ...others] = [exact, inLine, named].find((each) => each.length === 1) ?? [];
  const body = only === undefined || others.length > 0 ? undefined : children(only, "arguments")[2];
  return body === undefined || body.type === "SpreadElement" ? null : body;
}

function isNamed(call: SyntaxNode, name: string): boolean {
  const [first] = children(call, "arguments");
  return first?.type === "Literal" && field(first, "value") === name;
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let each = 1; each < line; each++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return -1;
    start = end + 1;
  }
  return line < 1 ? -1 : start + column - 1;
}
