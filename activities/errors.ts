import type { Problem } from "../pipelines/schema/problems.ts";

export type { Problem };

/**
 * What can be wrong with what the user asked for: trying again does not help.
 * - `InvalidRequest`, `InvalidRecipe`: the document breaks its schema.
 * - `InvalidData`: files, columns or rows of the data set.
 * - `InvalidTraffic`: a split that is neither empty nor sums to 100.
 * - `InvalidSpec`: a pipeline spec that Vertex would reject.
 * - `InvalidEvaluation`: an evaluation or predictions file that breaks the trainer's contract.
 * - `InvalidReport`: a preflight report that breaks the trainer's contract.
 * - `NotFound`: a name that nothing answers to.
 * - `SourceChanged`: a file of the Hub is another one than the Hub listed at the same revision.
 * - `Gated`: a Hub repo whose license has to be accepted first.
 * - `Unauthorized`: a token that is missing, or not allowed to do this.
 * - `UnservedModel`: a model that the container that is to serve it does not know.
 * - `RequestFormChanged`: a container that is asked in another way than the one that serves.
 * - `SmokeTestFailed`: the model does not load, or does not answer as it should.
 * - `WebhookRefused`: the receiver says that the message is wrong.
 */
export type ErrorCode =
  | "InvalidRequest"
  | "InvalidRecipe"
  | "InvalidData"
  | "InvalidTraffic"
  | "InvalidSpec"
  | "InvalidEvaluation"
  | "InvalidReport"
  | "NotFound"
  | "SourceChanged"
  | "Gated"
  | "Unauthorized"
  | "UnservedModel"
  | "RequestFormChanged"
  | "SmokeTestFailed"
  | "WebhookRefused";

/** An error that a person must mend. Carries every problem at once; never retried. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, summary: string, problems: readonly Problem[] = [], cause?: unknown) {
    super([summary, ...problems.map(describe)].join("\n  "), cause === undefined ? undefined : { cause });
    this.code = code;
    this.problems = problems;
  }
}

/** Bytes arrived other than they were sent: trying again is the remedy. */
export class CorruptedTransfer extends Error {
  override readonly name = "CorruptedTransfer";
  readonly code = "CorruptedTransfer";
}

function describe(problem: Problem): string {
  return problem.path === "" ? problem.message : `${problem.path}: ${problem.message}`;
}
