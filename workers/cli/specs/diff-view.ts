import colours from "picocolors";
import type { Change, Diff, Rerun } from "../../../specs/diff/index.ts";
import { changedLines } from "../view/changed-lines.ts";
import { wrapped } from "../view/wrap.ts";

const margin = "      ";

/** All changes under what they are about, then what will run again. */
export function diffText({ changes, reruns }: Diff, columns: number): string {
  if (changes.length === 0) return `${colours.green("✓")} No difference.\n${rerunsText(reruns, columns)}`;
  const lines: string[] = [];
  for (const [first, ...more] of Map.groupBy(changes, ({ subject }) => `${subject.kind} ${subject.path}`).values()) {
    if (first === undefined) continue;
    const all = [first, ...more];
    lines.push(
      `  ${heading(all)}`,
      ...all.filter(({ aspect }) => aspect !== null).flatMap((change) => details(change, columns)),
      "",
    );
  }
  return `${lines.join("\n")}\n${rerunsText(reruns, columns)}`;
}

/** `+ task report`, `~ task train  moved from the pipeline into if …`. */
function heading(changes: readonly Change[]): string {
  const [{ kind, subject }] = changes as readonly [Change, ...Change[]];
  const what = `${subject.kind.replaceAll("-", " ")}`;
  const name = subject.kind === "pipeline" || subject.title === what ? "" : ` ${colours.bold(subject.title)}`;
  if (kind === "added") return `${colours.green("+")} ${what}${name}`;
  if (kind === "removed") return `${colours.red("−")} ${what}${name}`;
  const notes = changes.flatMap((change) => {
    if (change.kind === "renamed") return [`was ${change.before}`];
    return change.kind === "moved" ? [`from ${change.before} into ${change.after}`] : [];
  });
  const note = notes.length === 0 ? "" : `  ${colours.dim(notes.join(", "))}`;
  return `${notes.length > 0 && notes.length === changes.length ? colours.cyan("→") : colours.yellow("~")} ${what}${name}${note}`;
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
  const width = Math.max(30, columns - margin.length - 4);
  const shown = lines.slice(0, mostLines).map(({ mark, text }) => {
    const line = `${margin}  ${mark} ${text.length > width ? `${text.slice(0, width - 1)}…` : text}`;
    return mark === "+" ? colours.green(line) : mark === "-" ? colours.red(line) : colours.dim(line);
  });
  const more = lines.length - shown.length;
  return more > 0 ? [...shown, colours.dim(`${margin}  … ${more} more lines`)] : shown;
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
