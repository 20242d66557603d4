import { parseAllDocuments } from "yaml";
import { LoadError } from "./load-error.ts";

/**
 * The documents of a YAML or JSON text, as plain data.
 *
 * Takes what PyYAML writes, also where YAML 1.2 forbids it. Throws `LoadError` with each mistake and its line.
 */
export function readYaml(text: string, source = "text"): readonly unknown[] {
  const json = parseJson(text);
  if (json !== undefined) return [json];
  const read = parse(text);
  if (read.mistakes.length === 0) return read.documents;
  const again = parse(indentContinuedLines(text));
  if (again.mistakes.length === 0) return again.documents;
  const problems = read.mistakes.map((message) => ({ path: "", message }));
  throw new LoadError("not-yaml", source, "this is neither YAML nor JSON.", problems);
}

/** The other parser would read JSON too, but much slower. */
function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parse(text: string): { readonly documents: readonly unknown[]; readonly mistakes: readonly string[] } {
  const parsed = [...parseAllDocuments(text, { logLevel: "error" })];
  const mistakes = parsed.flatMap(({ errors }) => errors.map(({ message }) => message.split("\n", 1)[0] ?? message));
  return { documents: mistakes.length > 0 ? [] : parsed.map((document) => document.toJS() as unknown), mistakes };
}

const quoted = /'(?:[^']|'')*'|"(?:[^"\\]|\\[\s\S])*"/;
const blockHeader = /[|>][-+1-9]*[ \t]*(?:#[^\n]*)?\n/;
const indicator = /[-?:](?=\s|$)|[[\]{},]/;
const plain = /(?:[^\s:#]|:(?!\s|$))(?:[^\n:#]|:(?!\s|$)|(?<!\s)#)*/;
const token = new RegExp(
  `(?<quoted>${quoted.source})|(?<block>${blockHeader.source})|#[^\\n]*|\\s+|${indicator.source}|${plain.source}`,
  "y",
);

/**
 * Quoted text may go on at the indentation of what it stands in: PyYAML writes that, and YAML 1.2 (rule 68,
 * https://yaml.org/spec/1.2.2/#rule-s-flow-line-prefix) forbids it. Leading spaces of such lines mean nothing, so more
 * of them make it valid.
 */
function indentContinuedLines(text: string): string {
  const parts: string[] = [];
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const found = token.exec(text);
    if (found === null) return text;
    const { quoted, block } = found.groups ?? {};
    if (quoted?.includes("\n")) {
      const margin = " ".repeat(indentation(text, at) + 1);
      parts.push(quoted.replaceAll("\n", `\n${margin}`));
    } else if (block !== undefined) {
      const end = endOfBlock(text, token.lastIndex, indentation(text, at));
      parts.push(text.slice(at, end));
      token.lastIndex = end;
    } else {
      parts.push(found[0]);
    }
  }
  return parts.join("");
}

/** Of the line that holds this position. */
function indentation(text: string, position: number): number {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  let end = start;
  while (text[end] === " ") end++;
  return end - start;
}

/** Block text ends before the first line, not an empty one, that is indented no more than its parent. */
function endOfBlock(text: string, start: number, parent: number): number {
  let line = start;
  while (line < text.length) {
    const end = text.indexOf("\n", line);
    const next = end === -1 ? text.length : end + 1;
    if (text.slice(line, next).trim() !== "" && indentation(text, line) <= parent) return line;
    line = next;
  }
  return line;
}
