import colours from "picocolors";

/**
 * Runs a command: its exit status is what it returns. An error that says what to do (ours all carry a `code`) is
 * printed as it is; anything else is a bug, and shows its stack.
 */
export async function guard(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = 1;
    const known = error instanceof Error && "code" in error && typeof error.code === "string";
    const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${colours.red("✗")} ${text}\n`);
  }
}
