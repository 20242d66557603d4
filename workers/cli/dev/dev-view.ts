import { relative } from "node:path";
import colours from "picocolors";
import { duration, type Terminal, truncate } from "../view/terminal.ts";
import { wrapped } from "../view/wrap.ts";
import type { RowState, TaskRow } from "./task-rows.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const frameMilliseconds = 80;

/** One round, from a change to its result, as a person sees it: lines that live in a terminal, or a log of what ended. */
export class DevView implements Disposable {
  readonly #terminal: Terminal;
  #rows: readonly TaskRow[] = [];
  #working: string | null = null;
  #workingSince = 0;
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #logged = new Map<string, RowState>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A round begins. @param cause the file that has changed; null for the first round */
  begin(cause: string | null): void {
    this.#logged.clear();
    const time = new Date().toLocaleTimeString("en-GB");
    const what = cause === null ? "" : `${shown(cause)} changed`;
    const rule = "─".repeat(Math.max(3, Math.min(this.#terminal.columns, 80) - what.length - time.length - 4));
    this.#terminal.write(`\n${colours.dim(`${time} ${what === "" ? "" : `${what} `}${rule}`)}\n`);
  }

  /** What is done now, until something else is. */
  working(what: string): void {
    this.#working = what;
    this.#workingSince = Date.now();
    this.#animate();
  }

  /** A line that stays. */
  line(text: string): void {
    this.#clear();
    this.#terminal.write(`${text}\n`);
    if (this.#terminal.live) this.#draw();
  }

  tasks(rows: readonly TaskRow[]): void {
    this.#working = null;
    this.#rows = rows;
    if (this.#terminal.live) this.#animate();
    else this.#log();
  }

  /** What was shown stays as it is. */
  settle(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#working = null;
    if (this.#terminal.live) this.#draw();
    this.#rows = [];
    this.#drawn = 0;
  }

  [Symbol.dispose](): void {
    this.settle();
  }

  #animate(): void {
    if (!this.#terminal.live) return;
    this.#draw();
    this.#timer ??= setInterval(() => {
      this.#frame += 1;
      this.#draw();
    }, frameMilliseconds);
  }

  #draw(): void {
    this.#clear();
    const spinner = colours.cyan(frames[this.#frame % frames.length] ?? "·");
    const lines =
      this.#working === null
        ? this.#rows.map((row) => this.#line(row))
        : [`  ${spinner} ${colours.dim(`${this.#working} ${duration(Date.now() - this.#workingSince)}`)}`];
    this.#terminal.write(lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  #clear(): void {
    if (this.#drawn > 0) this.#terminal.write(`\x1b[${this.#drawn}A\r\x1b[J`);
    this.#drawn = 0;
  }

  /** A line for each task that has ended. */
  #log(): void {
    for (const row of this.#rows) {
      if (row.state === "pending" || row.state === "running" || this.#logged.get(row.name) === row.state) continue;
      this.#logged.set(row.name, row.state);
      this.#terminal.write(`${this.#line(row)}\n`);
    }
  }

  #line(row: TaskRow): string {
    const width = Math.min(32, Math.max(12, ...this.#rows.map(({ name }) => name.length)));
    const time = timeOf(row).padStart(9);
    const room = Math.max(0, this.#terminal.columns - width - 18);
    const note = truncate(noteOf(row), room);
    const name = truncate(row.name, width).padEnd(width);
    const quiet = row.state === "pending" || row.state === "not-run" || row.state === "cached";
    return `  ${this.#mark(row.state)} ${quiet ? colours.dim(name) : name} ${colours.dim(time)}  ${colours.dim(note)}`.trimEnd();
  }

  #mark(state: RowState): string {
    switch (state) {
      case "done":
        return colours.green("✓");
      case "cached":
        return colours.green("=");
      case "failed":
        return colours.red("✗");
      case "running":
        return colours.cyan(frames[this.#frame % frames.length] ?? "·");
      case "cancelled":
      case "not-run":
        return colours.dim("–");
      case "pending":
        return colours.dim("·");
    }
  }
}

function timeOf({ state, startedAt, endedAt }: TaskRow): string {
  if (state === "cached") return "cached";
  if (startedAt === null || state === "not-run") return "";
  return duration(Math.max(0, (endedAt ?? Date.now()) - startedAt));
}

function noteOf({ state, count, ended, outputs }: TaskRow): string {
  if (state === "not-run") return "not run";
  if (count > 1) return `${ended} of ${count}`;
  return Object.entries(outputs)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
}

/** A failed task's error, what it wrote last, and where the rest of it is. */
export function failureText({ name, error }: TaskRow, columns: number): string {
  const [, sentence = error ?? "", log = "", folder] =
    /^([^\n]*)(?:\n([\s\S]*?)\n)? To find out more .*check the logs: (\S+)$/.exec(error ?? "") ?? [];
  const [, status] = /^The replica \S+ exited with a non-zero status of (\d+)/.exec(sentence) ?? [];
  const bar = `  ${colours.red("┃")}`;
  const room = Math.max(20, columns - 6);
  const lines = [
    `${colours.bold(name)} ${colours.red("failed")}${status === undefined ? "" : colours.dim(`, exit status ${status}`)}`,
    ...(status === undefined ? wrapped(sentence, room) : []),
    ...log
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => truncate(line, room)),
    ...(folder === undefined ? [] : [colours.dim(`${shown(folder)}/`)]),
  ];
  return lines.map((line) => `${bar} ${line}`).join("\n");
}

function shown(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path.startsWith("..") ? folder : path;
}
