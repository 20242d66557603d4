import { extname } from "node:path";
import { isObject, type Json } from "../../wire/json.ts";

/** The first rows of a file. */
export interface TableHead {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** Whether the file has more of them. */
  readonly more: boolean;
}

const mostRows = 100;
const mostColumns = 60;

/**
 * Reads CSV, TSV, or lines of JSON; null where it is none of them.
 *
 * @param cut whether the text is only the file's beginning: its last line may be a part of one
 */
export function readTable(file: string, text: string, cut: boolean): TableHead | null {
  const whole = cut ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
  const extension = extname(file).toLowerCase();
  if (extension === ".csv" || extension === ".tsv") return readSeparated(whole, extension === ".tsv" ? "\t" : ",", cut);
  return readJsonLines(whole, cut);
}

function readJsonLines(text: string, cut: boolean): TableHead | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const rows: Record<string, Json>[] = [];
  for (const line of lines.slice(0, mostRows)) {
    const row = parse(line);
    if (!isObject(row)) return null;
    rows.push(row);
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, mostColumns);
  if (columns.length === 0) return null;
  return {
    columns,
    rows: rows.map((row) => columns.map((column) => row[column] ?? "")),
    more: cut || lines.length > mostRows,
  };
}

/** As RFC 4180 has it: a value in quotes may hold separators, lines and, doubled, quotes. */
function readSeparated(text: string, separator: "," | "\t", cut: boolean): TableHead | null {
  const rows: string[][] = [[]];
  const value =
    separator === "," ? /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy : /("(?:[^"]|"")*"|[^\t\r\n]*)(\t|\r?\n|$)/gy;
  for (const [, raw = "", end = ""] of text.matchAll(value)) {
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === separator) continue;
    if (end === "" || rows.length > mostRows + 1) break;
    rows.push([]);
  }
  const [columns = [], ...body] = rows.filter((row) => row.length > 1 || row[0] !== "");
  if (columns.length === 0) return null;
  return { columns: columns.slice(0, mostColumns), rows: body.slice(0, mostRows), more: cut || body.length > mostRows };
}

function parse(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    // No line of JSON, so that the file is shown as a text.
    return undefined;
  }
}
