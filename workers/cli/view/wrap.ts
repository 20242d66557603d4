/** Lines no wider than the terminal, broken between words, each behind a margin. */
export function wrapped(text: string, columns: number, margin = ""): readonly string[] {
  const width = Math.max(20, Math.min(columns, 110) - margin.length);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(margin + line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    lines.push(margin + line);
  }
  return lines;
}
