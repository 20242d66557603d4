import { ServerClosing } from "../shutdown.ts";
import { interrupt, type ManagedProcess } from "./process.ts";

/**
 * Waits for a process to end. When the signal is aborted first, the process is stopped, in such a way that it is run
 * again if the server is only closing, and the signal's reason is thrown.
 */
export async function follow(
  process: ManagedProcess,
  signal: AbortSignal,
  graceMilliseconds: number,
): Promise<number | null> {
  const stop = () => {
    stopping =
      signal.reason instanceof ServerClosing ? interrupt(process, graceMilliseconds) : process.stop(graceMilliseconds);
    stopping.catch(() => undefined);
  };
  let stopping: Promise<void> | undefined;
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    const status = await process.exited;
    await stopping;
    signal.throwIfAborted();
    return status;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
