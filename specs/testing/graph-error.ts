/**
 * - `no-such-task`, `no-such-input`, `no-such-output`: the message lists what is there.
 * - `ambiguous-task`: pipelines in the pipeline have tasks of that name; the message lists their paths.
 * - `other-source`: an input comes from elsewhere; the message says from where.
 */
export type GraphErrorCode = "no-such-task" | "no-such-input" | "no-such-output" | "ambiguous-task" | "other-source";

/** A pipeline is not as a test says; a test that throws it fails. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly code: GraphErrorCode;

  constructor(code: GraphErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `a, b and c`, or what there is to say when there is none. */
export function listed(names: readonly string[], none: string): string {
  const [last, ...others] = names.toReversed();
  if (last === undefined) return none;
  return others.length === 0 ? last : `${others.toReversed().join(", ")} and ${last}`;
}
