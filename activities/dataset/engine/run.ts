import { sideBySide } from "../../storage/side-by-side.ts";
import type { Json, Pass, Phase } from "./phase.ts";
import { range, type Work } from "./work.ts";

/** A phase, and the pass that it is a part of. */
export interface Step {
  readonly phase: Phase;
  readonly pass: Pass | null;
}

export interface RunOptions {
  readonly lanes: number;
  readonly signal: AbortSignal;
  /** Before a phase's first piece, and after each, with what that one left. */
  readonly onPiece?: (phase: Phase, done: number, pieces: number, outcome?: Json) => void;
  /** Only every so many pieces, from the first on: of a worker among others. */
  readonly share?: { readonly first: number; readonly every: number };
}

/** Runs what is not done yet of each step's pieces, several at a time, one step after another. */
export async function runSteps(work: Work, steps: readonly Step[], options: RunOptions): Promise<void> {
  for (const { phase, pass } of steps) {
    const seen = work.within(pass);
    const { first, every } = options.share ?? { first: 0, every: 1 };
    const pieces = range(phase.pieces(work.plan)).filter((piece) => piece % every === first);
    if (pieces.length === 0) continue;
    const waiting = pieces.filter((piece) => !work.isDone(phase, piece));
    let done = pieces.length - waiting.length;
    options.onPiece?.(phase, done, pieces.length);
    const runPiece = async (within: Work, piece: number): Promise<void> => {
      const outcome = await within.runPiece(phase, piece);
      done++;
      options.onPiece?.(phase, done, pieces.length, outcome);
    };
    const large: number[] = [];
    await sideBySide(Math.min(options.lanes, waiting.length), options.signal, async (signal) => {
      for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
        signal.throwIfAborted();
        try {
          await runPiece(seen, piece);
        } catch (error) {
          if (options.lanes < 2 || !isOutOfMemory(error)) throw error;
          large.push(piece);
        }
      }
    });
    // What its share of the memory is not enough for, a Parquet file with pages of 100 MB say, gets all of it, alone.
    for (const piece of large) {
      options.signal.throwIfAborted();
      await runPiece(seen.alone(), piece);
    }
  }
}

/** As DuckDB says it. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Out of Memory Error");
}
