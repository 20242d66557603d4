import colours from "picocolors";
import type { RunProgress, StageProgress } from "../../../pipelines/retrain/progress.ts";
import { duration, plainText, type Terminal, truncate } from "./terminal.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const frameMilliseconds = 100;

/**
 * Shows a run while it is followed: nine stages that live in a terminal; in a plain stream, a line for each stage that
 * begins or ends.
 */
export class RunView implements Disposable {
  readonly #terminal: Terminal;
  readonly #shown = new Map<string, string>();
  #progress: RunProgress | undefined;
  #activity = "";
  #drawn = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** @param activity what the stage that runs says of itself at the moment */
  update(progress: RunProgress, activity: string): void {
    this.#progress = progress;
    this.#activity = activity;
    if (this.#terminal.live) this.#timer ??= setInterval(() => this.#draw(), frameMilliseconds);
    else this.#log(progress);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#terminal.live) this.#draw();
  }

  #draw(): void {
    if (!this.#progress) return;
    this.#frame += 1;
    const lines = this.#progress.stages.map((stage) => this.#line(stage));
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : "";
    this.#terminal.write(up + lines.map((line) => `\r\x1b[2K${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  #log(progress: RunProgress): void {
    for (const stage of progress.stages) {
      if (stage.status === "pending" || this.#shown.get(stage.name) === stage.status) continue;
      this.#shown.set(stage.name, stage.status);
      this.#terminal.write(`${this.#line(stage)}\n`);
    }
  }

  #line(stage: StageProgress): string {
    const running = stage.status === "running";
    const note = plainText(running && this.#activity ? this.#activity : stage.note);
    const time = durationOf(stage).padStart(11);
    const room = this.#terminal.live ? this.#terminal.columns - 30 : 200;
    const text = `${stage.name.padEnd(10)} ${time}  ${truncate(note, room)}`;
    const dimmed = stage.status === "pending" || stage.status === "skipped";
    return `  ${this.#mark(stage)} ${dimmed ? colours.dim(text) : text}`;
  }

  #mark({ status }: StageProgress): string {
    switch (status) {
      case "done":
        return colours.green("✓");
      case "failed":
        return colours.red("✗");
      case "running":
        return colours.cyan(this.#terminal.live ? (frames[this.#frame % frames.length] ?? "·") : "▸");
      case "skipped":
        return colours.dim("–");
      case "pending":
        return colours.dim("·");
    }
  }
}

function durationOf({ startedAt, endedAt, status }: StageProgress): string {
  if (!startedAt || status === "skipped") return "";
  const end = endedAt ? Date.parse(endedAt) : Date.now();
  return duration(Math.max(0, end - Date.parse(startedAt)));
}
