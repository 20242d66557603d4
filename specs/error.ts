import type { Origin } from "./origin.ts";

/**
 * - `invalid-name`: a pipeline's or task's name that Vertex would refuse.
 * - `invalid-value`: a quantity, count or duration that makes no sense.
 * - `invalid-input`: an argument of the wrong type, a missing or an unknown one.
 * - `unreachable`: a value used where it does not exist: outside its branch or loop, or in another pipeline.
 * - `cycle`: tasks that wait for each other.
 * - `unused-input`: an input of a pipeline that nothing in it takes.
 * - `empty`: a pipeline or branch without a task.
 * - `unsupported`: options that do not go together.
 * - `not-bundled`: a TypeScript function that was not bundled before compiling.
 * - `uncaptured`: a name in a TypeScript function that cannot go with it.
 */
export type SpecErrorCode =
  | "invalid-name"
  | "invalid-value"
  | "invalid-input"
  | "unreachable"
  | "cycle"
  | "unused-input"
  | "empty"
  | "unsupported"
  | "not-bundled"
  | "uncaptured";

/** Where in a pipeline an author's mistake is. */
export interface SpecErrorPlace {
  readonly pipeline?: string;
  readonly task?: string;
  readonly input?: string;
  readonly output?: string;
  /** Where the author wrote it. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** A mistake in a pipeline that types cannot see. */
export class SpecError extends Error {
  override readonly name = "SpecError";
  readonly code: SpecErrorCode;
  readonly place: SpecErrorPlace;
  /** The message without its place. */
  readonly sentence: string;

  constructor(code: SpecErrorCode, message: string, place: SpecErrorPlace, origin?: Origin) {
    const located = { ...place, ...origin?.location };
    super(`${prefix(located)}${message}${suffix(located)}`);
    this.code = code;
    this.place = located;
    this.sentence = message;
  }
}

function prefix({ pipeline, task, input, output }: SpecErrorPlace): string {
  const parts = Object.entries({ pipeline, task, input, output })
    .filter(([, name]) => name !== undefined)
    .map(([what, name]) => `${what} ${JSON.stringify(name)}`);
  if (parts.length === 0) return "";
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: `;
}

function suffix({ file, line, column }: SpecErrorPlace): string {
  return file === undefined ? "" : `\n  at ${file}:${line}:${column}`;
}
