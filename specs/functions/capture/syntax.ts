import { extname } from "node:path";
import { analyze, type ScopeManager } from "@typescript-eslint/scope-manager";
import { type ParseResult, parseSync } from "rolldown/utils";

export type Program = ParseResult["program"];
export type Statement = Program["body"][number];

/** Any node of a syntax tree: only what all of them have. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A part of a module's text, by offset. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Syntax {
  readonly program: Program;
  readonly scopes: ScopeManager;
}

/** The module's text is not TypeScript. */
export class SyntaxProblem extends Error {
  override readonly name = "SyntaxProblem";
  readonly code = "SYNTAX";
  /** Offset in the text. */
  readonly start: number;

  constructor(message: string, start: number) {
    super(message);
    this.start = start;
  }
}

/** Throws {@link SyntaxProblem}. */
export function parseModule(file: string, text: string): Syntax {
  const { program, errors } = parseSync(file, text, {
    lang: dialectOf(file),
    sourceType: "module",
    astType: "ts",
    range: true,
    preserveParens: false,
  });
  const [error] = errors;
  if (error !== undefined) throw new SyntaxProblem(error.message, error.labels[0]?.start ?? 0);
  // The same tree as TypeScript-ESLint's own parser makes: https://oxc.rs/docs/guide/usage/parser
  const scopes = analyze(program as never, { sourceType: "module", lib: [] });
  return { program, scopes };
}

/** What a file is written in, by its name. */
export function dialectOf(file: string): "js" | "jsx" | "ts" | "tsx" {
  const extension = extname(file);
  if (extension === ".tsx") return "tsx";
  if (extension === ".jsx") return "jsx";
  return extension.includes("ts") ? "ts" : "js";
}

/** Every node below one, with those around it from the outside in. */
export function walk(root: object, visit: (node: SyntaxNode, around: readonly SyntaxNode[]) => void): void {
  const around: SyntaxNode[] = [];
  step(root);

  function step(value: unknown): void {
    if (Array.isArray(value)) for (const each of value) step(each);
    if (!isNode(value)) return;
    visit(value, around);
    around.push(value);
    for (const child of Object.values(value)) if (typeof child === "object") step(child);
    around.pop();
  }
}

/** A field of a node, where it holds a node. */
export function child(node: SyntaxNode, field: string): SyntaxNode | null {
  const value: unknown = (node as unknown as Record<string, unknown>)[field];
  return isNode(value) ? value : null;
}

/** A field of a node, where it holds nodes. */
export function children(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value: unknown = (node as unknown as Record<string, unknown>)[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function field(node: SyntaxNode, name: string): unknown {
  return (node as unknown as Record<string, unknown>)[name];
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

export function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}
