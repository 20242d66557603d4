/**
 * What of an error's message says most: what a Python program raised, or the last that another one said before it
 * exited; else the first line.
 */
export function headlineOf(message: string): string {
  const lines = message.trim().split("\n");
  const [first = ""] = lines;
  const trace = lines.findLastIndex((line) => line.startsWith("Traceback (most recent call last)"));
  if (trace >= 0) return lines.slice(trace + 1).find((line) => /^\S/.test(line)) ?? first;
  if (!/exited with a non-zero status/.test(first)) return first;
  const said = lines.slice(1).filter((line) => line.trim() !== "" && !/^\s*To find out more about why/.test(line));
  return said.at(-1)?.trim() ?? first;
}
