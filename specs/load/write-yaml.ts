import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import type { PipelineSpec } from "../ir/types.ts";
import type { JsonValue } from "../nodes/index.ts";
import { yamlHeading } from "./yaml-heading.ts";

/**
 * A compiled pipeline as YAML with sorted keys, under a comment that says what it takes and gives; a platform document
 * follows the spec.
 *
 * Every parser reads it, those of YAML 1.1 such as PyYAML too. Equal specs give equal bytes.
 */
export function toYaml(spec: PipelineSpec, platform?: PlatformSpecJson): string {
  const documents = [spec, ...(platform === undefined ? [] : [platform])];
  return yamlHeading(spec) + documents.map((document) => writeYaml(document as JsonValue)).join("---\n");
}

/** One document. */
export function writeYaml(value: JsonValue): string {
  const lines: string[] = [];
  if (isCollection(value) && !isEmpty(value)) collection(value, "", "", lines);
  else lines.push(scalar(value, ""));
  return `${lines.join("\n")}\n`;
}

/**
 * The lines of a list or mapping. Its first line starts with `first`, which ends with what it stands behind; the
 * others with `margin`, as wide.
 */
function collection(value: JsonValue, first: string, margin: string, lines: string[]): void {
  let start = first;
  if (isList(value)) {
    for (const item of value) {
      if (isCollection(item) && !isEmpty(item)) collection(item, `${start}- `, `${margin}  `, lines);
      else lines.push(`${start}- ${scalar(item, margin)}`);
      start = margin;
    }
    return;
  }
  const fields = value as Readonly<Record<string, JsonValue>>;
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    const name = keyText(key, margin);
    if (!isCollection(field) || isEmpty(field)) {
      lines.push(`${start}${name}: ${scalar(field, margin)}`);
    } else {
      lines.push(`${start}${name}:`);
      // A list stands under its key's own column, as PyYAML writes it.
      const inner = isList(field) ? margin : `${margin}  `;
      collection(field, inner, inner, lines);
    }
    start = margin;
  }
}

/** Parsers take a key of more than 1024 characters only where it is announced. */
function keyText(key: string, margin: string): string {
  const text = key.includes("\n") ? doubleQuoted(key) : textScalar(key, margin);
  return text.length < 1000 ? text : `? ${text}\n${margin}`;
}

function scalar(value: JsonValue, margin: string): string {
  if (typeof value === "string") return textScalar(value, margin);
  if (typeof value === "number") return numberScalar(value);
  if (isCollection(value)) return isList(value) ? "[]" : "{}";
  return String(value);
}

/** YAML 1.1 knows an exponent only behind a fraction. */
function numberScalar(value: number): string {
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

/** Nothing in it means anything to any parser. */
const plain = /^(?:--?)?[A-Za-z_/](?:[\w./@+=(){}[\]$<>*!,;&?|%'"~^\\-]|:(?=[^\s])|#(?<=[^\s]#)| (?=[^\s#]))*$/;
const version = /^\d+\.\d+\.\d+$/;
/** What YAML 1.1 takes for a truth value, or for nothing. */
const word = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** What some parser of YAML 1.1 takes for a number: an exponent of nothing. */
const exponent = /^-?e[-+]?\d+$/i;
/** What stands in no text as it is: control characters, line ends of YAML 1.1, halves of characters. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u;

function textScalar(text: string, margin: string): string {
  if (plain.test(text) ? !word.test(text) && !exponent.test(text) : version.test(text)) return text;
  if (unprintable.test(text)) return doubleQuoted(text);
  if (!text.includes("\n")) return `'${text.replaceAll("'", "''")}'`;
  return endsInSpace.test(text) ? foldedLines(text, margin) : literal(text, margin);
}

/** Parsers disagree on how much of the last lines belongs to a literal text. */
const endsInSpace = /(?:^|\n)[ \t]+\n*$|^\n*$/;

/** A text of several lines in quotes, one under the other. */
function foldedLines(text: string, margin: string): string {
  const lines = text.split("\n").map((line) => doubleQuoted(line).slice(1, -1).replace(/^ /, "\\ "));
  return `"${lines.join(`\\n\\\n${margin}  `)}"`;
}

/** A text of several lines, as it is. */
function literal(text: string, margin: string): string {
  const indentation = /^\n*[ \t]/.test(text) ? "2" : "";
  const end = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const lines = (end === "-" ? text : text.slice(0, -1)).split("\n");
  return `|${indentation}${end}\n${lines.map((line) => (line === "" ? "" : `${margin}  ${line}`)).join("\n")}`;
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isCollection(value: JsonValue): value is readonly JsonValue[] | { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
