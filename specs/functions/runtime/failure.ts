/** The task cannot go on, and the message alone says why. */
export class TaskFailure extends Error {
  override readonly name = "TaskFailure";
}

/** Ends the task as failed, with the error as its last lines. */
export function fail(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown, but no error: ${JSON.stringify(error) ?? String(error)}`;
  if (error instanceof TaskFailure) return error.message;
  const causes = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return [headline(error), ...frames(error), ...causes.map((cause) => indent(`Because of ${describe(cause)}`))].join(
    "\n",
  );
}

function headline({ name, message }: Error): string {
  return message === "" ? name : `${name}: ${message}`;
}

/** The author's own part of the stack. */
function frames({ stack = "" }: Error): readonly string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line) && !/node:|\(<anonymous>\)|\[eval1?\]/.test(line));
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
