/**
 * - `invalid-name`: a pipeline's or task's name that Vertex would refuse.
 * - `invalid-value`: a quantity, count or duration that makes no sense.
 * - `unreachable`: a value used where it does not exist: outside its branch, or in another pipeline.
 * - `cycle`: tasks that wait for each other.
 * - `unused-input`: an input of a pipeline that nothing in it takes.
 * - `empty`: a pipeline or branch without a task.
 * - `unsupported`: options that do not go together.
 */
export type SpecErrorCode =
  | "invalid-name"
  | "invalid-value"
  | "unreachable"
  | "cycle"
  | "unused-input"
  | "empty"
  | "unsupported";

/** Where in a pipeline an author's mistake is. */
export interface SpecErrorPlace {
  readonly pipeline?: string;
  readonly task?: string;
  readonly input?: string;
}

/** A mistake in a pipeline that types cannot see. */
export class SpecError extends Error {
  override readonly name = "SpecError";
  readonly code: SpecErrorCode;
  readonly place: SpecErrorPlace;

  constructor(code: SpecErrorCode, message: string, place: SpecErrorPlace) {
    super(`${prefix(place)}${message}`);
    this.code = code;
    this.place = place;
  }
}

function prefix({ pipeline, task, input }: SpecErrorPlace): string {
  const parts = [
    pipeline === undefined ? null : `pipeline ${JSON.stringify(pipeline)}`,
    task === undefined ? null : `task ${JSON.stringify(task)}`,
    input === undefined ? null : `input ${JSON.stringify(input)}`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return "";
  const text = parts.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}: `;
}
