import { asyncLocalStorage, Context } from "@temporalio/activity";

/** How often a long step says that it lives; well below the heartbeat timeouts of the workflows. */
const beatMilliseconds = 5_000;

/** Says how far an activity is: shown in the UI, and proof that it lives. Does nothing outside of an activity. */
export function reportProgress(detail: unknown): void {
  if (inActivity()) Context.current().heartbeat(detail);
}

/** Aborts when the activity is cancelled; never, outside of an activity. */
export function cancellation(): AbortSignal {
  return inActivity() ? Context.current().cancellationSignal : new AbortController().signal;
}

/** Heartbeats with `detail` while the work runs, and throws as soon as the activity is cancelled. */
export async function whileAlive<Result>(detail: () => unknown, work: () => Promise<Result>): Promise<Result> {
  if (!inActivity()) return work();
  const context = Context.current();
  context.heartbeat(detail());
  const beat = setInterval(() => context.heartbeat(detail()), beatMilliseconds);
  try {
    return await Promise.race([work(), context.cancelled]);
  } finally {
    clearInterval(beat);
  }
}

/** A line in the activity's log; Temporal's own logger adds which run it belongs to. */
export function warn(message: string, attributes: Record<string, unknown>): void {
  if (inActivity()) Context.current().log.warn(message, attributes);
}

function inActivity(): boolean {
  return asyncLocalStorage.getStore() !== undefined;
}
