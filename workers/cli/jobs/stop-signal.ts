import { CommandError } from "../user-error.ts";

/** Aborted by the first signal that asks this process to end; the second one ends it. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => controller.abort(new CommandError("STOPPED", "Stopped. What was done is kept.")));
  }
  return controller.signal;
}
