import colours from "picocolors";
import type { Change, Diff, Rerun } from "../../../specs/diff/index.ts";
import { type ChangedLine, changedLines } from "../view/changed-lines.ts";
import { wrapped } from "../view/wrap.ts";

const margin = "      ";

/** All changes under what they are about, then what will run again. */
export function diffText({ changes, reruns }: Diff, columns: number): string {
  if (changes.length === 0) return `${colours.green("✓")} No difference.\n${rerunsText(reruns, columns)}`;
  const lines: string[] = [];
  for (const [first, ...more] of Map.groupBy(changes, ({ subject }) => `${subject.kind} ${subject.path}`).values()) {
    if (first === undefined) continue;
    const all: readonly [Change, ...Change[]] = [first, ...more];
    const told = all.filter(({ aspect }) => aspect !== null).flatMap((change) => details(change, columns));
    // What is told in one line stands close to its like.
    if (told.length > 0 && lines.length > 0 && lines.at(-1) !== "") lines.push("");
    lines.push(`  ${heading(all)}`, ...told);
    if (told.length > 0) lines.push("");
  }
  if (lines.at(-1) !== "") lines.push("");
  return `${lines.join("\n")}\n${rerunsText(reruns, columns)}`;
}

/** `+ task report  in if …`, `→ task train  was fit`. */
function heading(changes: readonly [Change, ...Change[]]): string {
  const [{ kind, subject }] = changes;
  const notes = changes.flatMap((change) => {
    if (change.kind === "renamed") return [`was ${change.before}`];
    return change.kind === "moved" ? [`from ${change.before} into ${change.after}`] : [];
  });
  const place =
    subject.within === null || changes.some((change) => change.kind === "moved") ? [] : [`in ${subject.within}`];
  const mark =
    kind === "added"
      ? colours.green("+")
      : kind === "removed"
        ? colours.red("−")
        : notes.length === changes.length
          ? colours.cyan("→")
          : colours.yellow("~");
  const name = subject.kind === "pipeline" ? colours.bold("pipeline") : nameOf(subject);
  const note = [...notes, ...place].join(", ");
  return `${mark} ${name}${note === "" ? "" : `  ${colours.dim(note)}`}`;
}

/** The titles of loops and branches say what they are. */
function nameOf({ kind, title }: Change["subject"]): string {
  if (kind === "task") return `task ${colours.bold(title)}`;
  return kind === "inner-pipeline" ? `pipeline ${colours.bold(title)}` : colours.bold(title);
}

function details({ aspect, name, before, after }: Change, columns: number): readonly string[] {
  const label = colours.dim(
    [aspect === "hardware" || aspect === "option" ? null : aspect, name].filter(Boolean).join(" "),
  );
  if (before?.includes("\n") || after?.includes("\n"))
    return [`${margin}${label}`, ...program(before ?? "", after ?? "", columns)];
  if (before === null && after === null) return [`${margin}${label}`];
  if (before === null) return [`${margin}${label}  ${colours.green(`+ ${after}`)}`];
  if (after === null) return [`${margin}${label}  ${colours.red(`− ${before}`)}`];
  const short = before.length + after.length + (aspect?.length ?? 0) + (name?.length ?? 0) + 14 < columns;
  if (short) return [`${margin}${label}  ${colours.red(before)} → ${colours.green(after)}`];
  return [
    `${margin}${label}`,
    ...wrapped(before, columns, `${margin}  `).map((line) => colours.red(line)),
    ...wrapped(`→ ${after}`, columns, `${margin}  `).map((line) => colours.green(line)),
  ];
}

const mostLines = 40;

function program(before: string, after: string, columns: number): readonly string[] {
  const lines = changedLines(before, after);
  const width = Math.max(30, columns - margin.length - 5);
  const shown = lines.slice(0, mostLines).map((line, index) => {
    const text = `${margin}  ${line.mark} ${cropped(line, lines, index, width)}`;
    return line.mark === "+" ? colours.green(text) : line.mark === "-" ? colours.red(text) : colours.dim(text);
  });
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, colours.dim(`${margin}  … ${more} more lines`)] : shown;
}

/** Of a line that is too long, the part where it differs from its other version. */
function cropped({ mark, text }: ChangedLine, lines: readonly ChangedLine[], index: number, width: number): string {
  if (text.length <= width) return text;
  const other = mark === "-" ? lines[index + 1] : lines[index - 1];
  const isPair = mark !== " " && other !== undefined && other.mark !== mark && other.mark !== " ";
  let same = 0;
  while (isPair && same < text.length && text[same] === other.text[same]) same += 1;
  const start = isPair ? Math.max(0, Math.min(same - Math.floor(width / 3), text.length - width)) : 0;
  const part = text.slice(start, start + width);
  return `${start > 0 ? "…" : ""}${part}${start + width < text.length ? "…" : ""}`;
}

function rerunsText(reruns: readonly Rerun[], columns: number): string {
  const rerun = reruns.filter(({ verdict }) => verdict !== "cached");
  const cached = reruns.filter(({ verdict }) => verdict === "cached");
  if (reruns.length === 0) return "";
  const width = Math.min(40, Math.max(0, ...rerun.map(({ title }) => title.length)));
  const lines = rerun.flatMap(({ title, verdict, reasons }) => {
    const mark = verdict === "again" ? colours.yellow("●") : colours.dim("◐");
    const [first = "", ...more] = reasons.map((reason) => (verdict === "maybe" ? `maybe: ${reason}` : reason));
    const left = `  ${mark} ${title.padEnd(width)}  `;
    return [`${left}${colours.dim(first)}`, ...more.map((reason) => `${" ".repeat(width + 6)}${colours.dim(reason)}`)];
  });
  const certain = rerun.filter(({ verdict }) => verdict === "again").length;
  const title =
    rerun.length === 0
      ? `${colours.bold("Nothing runs again.")}  ${colours.dim("Vertex finds every result of an earlier run.")}`
      : `${colours.bold(`${certain} of ${reruns.length} ${certain === 1 ? "runs" : "run"} again`)}${
          certain === rerun.length ? "" : `, ${rerun.length - certain} more may`
        }`;
  const kept = cached.length === 0 || rerun.length === 0 ? [] : cachedLines(cached, columns);
  return `${[title, ...lines, ...kept].join("\n")}\n`;
}

function cachedLines(cached: readonly Rerun[], columns: number): readonly string[] {
  const names = cached.map(({ title }) => title).join(", ");
  const [first = "", ...more] = wrapped(`cached: ${names}`, columns, "    ");
  return [`  ${colours.green("○")} ${first.trim()}`, ...more];
}
