import type { Phase } from "./engine/phase.ts";
import type { Step } from "./engine/run.ts";
import { filesOf, type Plan } from "./plan.ts";

/** How much of the time a phase takes beside the others, as far as is known. */
const weights: Readonly<Record<string, number>> = {
  inspect: 15,
  scatter: 45,
  check: 0,
  gather: 25,
  settle: 2,
  write: 28,
  finish: 0,
};
const weightOfOthers = 20;

/** What a person reads of a preparation under way, in the Temporal UI and the terminal. */
export class PreparationProgress {
  readonly #plan: Plan;
  readonly #steps: readonly Step[];
  readonly #report: (step: string) => void;
  readonly #clock: () => number;
  readonly #bytes: number;
  #rows = 0;
  /** When the first piece of this try began, and how far all was then. */
  #start: { readonly at: number; readonly share: number } | null = null;

  constructor(plan: Plan, steps: readonly Step[], report: (step: string) => void, clock: () => number = Date.now) {
    this.#plan = plan;
    this.#steps = steps;
    this.#report = report;
    this.#clock = clock;
    this.#bytes = filesOf(plan).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** So many more rows were read. */
  read(rows: number): void {
    this.#rows += rows;
  }

  tell(phase: Phase, done: number, pieces: number): void {
    const share = this.#share(phase, pieces === 0 ? 1 : done / pieces);
    this.#start ??= { at: this.#clock(), share };
    const parts = [
      phase.title,
      this.#rows > 0 ? `${grouped(this.#rows)} rows` : "",
      phase.name === "scatter" ? this.#bytesRead(done) : "",
      pieces > 1 ? `${done} of ${pieces} pieces` : "",
      `${Math.floor(100 * share)} %`,
      this.#timeLeft(share),
    ];
    this.#report(parts.filter((part) => part !== "").join(", "));
  }

  #share(phase: Phase, within: number): number {
    const weight = (one: Phase): number => (one.pieces(this.#plan) === 0 ? 0 : (weights[one.name] ?? weightOfOthers));
    const total = this.#steps.reduce((sum, step) => sum + weight(step.phase), 0);
    const index = this.#steps.findIndex((step) => step.phase === phase);
    const before = this.#steps.slice(0, index).reduce((sum, step) => sum + weight(step.phase), 0);
    return (before + within * weight(phase)) / total;
  }

  #bytesRead(chunks: number): string {
    const share = chunks / Math.max(1, this.#plan.chunks.length);
    return `${mebibytes(share * this.#bytes)} of ${mebibytes(this.#bytes)} MiB`;
  }

  #timeLeft(share: number): string {
    const { at, share: first } = this.#start ?? { at: 0, share };
    if (share - first < 0.02) return "";
    const seconds = ((this.#clock() - at) / 1000) * ((1 - share) / (share - first));
    return seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.ceil(seconds / 60)} min left`;
  }
}

/** `1,234,567`. */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
