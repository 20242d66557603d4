/** Paragraphs as a doc comment, each line behind `margin`; nothing without any. */
export function docComment(paragraphs: readonly (string | undefined)[], margin = ""): string {
  const lines = paragraphs
    .filter((paragraph) => paragraph !== undefined && paragraph.trim() !== "")
    .map((paragraph) => withoutIndentation(paragraph ?? ""))
    .join("\n\n")
    .replaceAll("*/", "*\\/")
    // An `@` at a line's start would be a tag of TypeDoc; the exception is ours.
    .replace(/^@(?!defaultValue )/gm, "\\@")
    .split("\n");
  if (lines.length === 1 && lines[0] === "") return "";
  if (lines.length === 1 && (lines[0]?.length ?? 0) < 100) return `${margin}/** ${lines[0]} */\n`;
  return `${margin}/**\n${lines.map((line) => `${margin} * ${line}`.trimEnd()).join("\n")}\n${margin} */\n`;
}

/** A Python docstring without the indentation of its function. */
function withoutIndentation(text: string): string {
  const [first = "", ...rest] = text.trim().split(/\r?\n/);
  const margins = rest.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const margin = Math.min(...margins, Number.MAX_SAFE_INTEGER);
  return [first, ...rest.map((line) => line.slice(margin))].map((line) => line.trimEnd()).join("\n");
}
