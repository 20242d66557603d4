const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
const QUIET_MS = 400;

/** @typedef {{ title: string, note: string, state: "running" | "done" | "failed", startedAt: number, endedAt: number }} Item */

/**
 * Shows steps that run side by side: a list that lives in a terminal, plain lines anywhere else.
 * A step that had nothing to do is not shown at all.
 */
export class Checklist {
  /** @param {NodeJS.WriteStream} [out] */
  constructor(out = process.stderr) {
    this.out = out;
    this.live = out.isTTY === true && process.env.TERM !== "dumb";
    this.colour = this.live && !process.env.NO_COLOR;
    /** @type {Item[]} */
    this.items = [];
    this.drawn = 0;
    this.frame = 0;
    this.timer = undefined;
  }

  /**
   * Runs a step under its title.
   *
   * @template T
   * @param {string} title
   * @param {(working: (note: string) => void) => Promise<T>} step calls `working` once it knows that there is work
   * @returns {Promise<T>}
   */
  async run(title, step) {
    /** @type {Item | undefined} */
    let item;
    const working = (note) => {
      if (!item) {
        item = { title, note, state: "running", startedAt: Date.now(), endedAt: 0 };
        this.items.push(item);
        if (this.live) this.timer ??= setInterval(() => this.draw(), FRAME_MS);
      }
      item.note = note;
      if (!this.live) this.out.write(`  ${title}: ${note}\n`);
    };
    try {
      const result = await step(working);
      this.end(item, "done");
      return result;
    } catch (error) {
      if (!item) working("");
      this.end(item, "failed");
      throw error;
    }
  }

  /** @param {Item | undefined} item @param {"done" | "failed"} state */
  end(item, state) {
    if (!item) return;
    item.state = state;
    item.endedAt = Date.now();
    if (!this.live) this.out.write(`  ${item.title}: ${state} after ${seconds(item)}\n`);
    if (this.items.every((each) => each.state !== "running")) this.settle();
  }

  settle() {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.live) this.draw();
  }

  draw() {
    this.frame += 1;
    const lines = this.items
      .filter((item) => item.state !== "running" || Date.now() - item.startedAt > QUIET_MS)
      .map((item) => this.line(item));
    const up = this.drawn > 0 ? `\x1b[${this.drawn}A` : "";
    this.out.write(up + lines.map((line) => `\r\x1b[2K${line}\n`).join(""));
    this.drawn = lines.length;
  }

  /** @param {Item} item */
  line(item) {
    const [mark, colour] =
      item.state === "done"
        ? ["✓", 32]
        : item.state === "failed"
          ? ["✗", 31]
          : [FRAMES[this.frame % FRAMES.length], 36];
    const painted = this.colour ? `\x1b[${colour}m${mark}\x1b[0m` : mark;
    const room = Math.max(10, (this.out.columns ?? 80) - 32);
    return `  ${painted} ${item.title.padEnd(18)} ${seconds(item).padStart(6)}  ${item.note.slice(0, room)}`;
  }
}

/** @param {Item} item */
function seconds(item) {
  return `${(((item.endedAt || Date.now()) - item.startedAt) / 1000).toFixed(1)} s`;
}
