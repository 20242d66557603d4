/**
 * A row of CSV as batch prediction reads it: texts are in double quotes, what isn't is a number, and no cell holds a
 * line's end (https://cloud.google.com/vertex-ai/docs/predictions/get-batch-predictions#input_data_requirements).
 */
export type Cell = string | number;

/** Throws a SyntaxError that says which cell is none. */
export function parseRow(line: string): Cell[] {
  return split(line).map((text, index) => {
    if (text.startsWith('"')) return unquote(text);
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number))
      throw new SyntaxError(`cell ${index + 1}, ${JSON.stringify(text)}, is neither a number nor in double quotes`);
    return number;
  });
}

/** Names of the columns, in quotes or without. */
export function parseHeader(line: string): string[] {
  return split(line).map((text) => (text.startsWith('"') ? unquote(text) : text.trim()));
}

function split(line: string): string[] {
  const cells = line.match(/(?<=^|,)(?:\s*"(?:[^"]|"")*"\s*|[^",]*)(?=,|$)/g) ?? [];
  if (cells.join(",") !== line) throw new SyntaxError(`the quotes don't match: ${JSON.stringify(line)}`);
  return cells.map((cell) => cell.trim());
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll('""', '"');
}
