import { stripVTControlCharacters } from "node:util";
import colours from "picocolors";

/** Where a command writes for a person: a live terminal, or a plain stream of lines. */
export interface Terminal {
  readonly live: boolean;
  readonly columns: number;
  write(text: string): void;
}

export function terminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  return {
    live: stream.isTTY === true && process.env["TERM"] !== "dumb" && !process.env["CI"],
    get columns() {
      // A terminal that doesn't know its own width says 0.
      return stream.columns || 100;
    },
    write: (text) => void stream.write(text),
  };
}

/** Markdown of a note, as plain text. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("**", "")
    .replaceAll("`", "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Cut to a width, with an ellipsis. */
export function truncate(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length <= width ? text : `${plain.slice(0, Math.max(0, width - 1))}…`;
}

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Label and value in two columns. */
export function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([label]) => label.length));
  return pairs.map(([label, value]) => `  ${colours.dim(label.padEnd(width))}  ${value}\n`).join("");
}
