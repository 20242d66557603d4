import { asyncLocalStorage, Context } from "@temporalio/activity";

/** How often a long step says that it lives; well below the heartbeat timeouts of the workflows. */
const beatMilliseconds = 5_000;

/** Says how far an activity is: shown in the UI, and proof that it lives. Does nothing outside of an activity. */
export function reportProgress(detail: unknown): void {
  if (inActivity()) Context.current().heartbeat(detail);
}

/** Aborts when the activity is cancelled; never, outside of an activity. */
export function cancellation(): AbortSignal {
  return inActivity() ? Context.current().cancellationSignal : uninterrupted;
}

/**
 * Heartbeats with `detail` while the work runs. When the activity is cancelled, waits until the work has stopped
 * (it watches `cancellation()`), so that nothing goes on behind a cancelled activity's back, and throws the cancellation.
 *
 * @param onBeat is called with the detail too, at each beat but the first.
 */
export async function whileAlive<Detail, Result>(
  detail: () => Detail,
  work: () => Promise<Result>,
  onBeat: (detail: Detail) => void = () => {},
): Promise<Result> {
  if (!inActivity()) return work();
  const context = Context.current();
  context.heartbeat(detail());
  const beat = setInterval(() => {
    const now = detail();
    context.heartbeat(now);
    onBeat(now);
  }, beatMilliseconds);
  try {
    return await work();
  } catch (error) {
    // Whatever the work stumbled over when it was interrupted is not the reason.
    if (context.cancellationSignal.aborted) await context.cancelled;
    throw error;
  } finally {
    clearInterval(beat);
  }
}

/** Rejects as soon as the signal aborts, whether or not the promise can be interrupted. */
export async function unlessAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Aborts never: for what must be undone even when the activity is cancelled. */
export const uninterrupted: AbortSignal = new AbortController().signal;

/** A line in the activity's log; Temporal's own logger adds which run it belongs to. */
export function warn(message: string, attributes: Record<string, unknown>): void {
  if (inActivity()) Context.current().log.warn(message, attributes);
}

/** Whether this runs within an activity. */
export function inActivity(): boolean {
  return asyncLocalStorage.getStore() !== undefined;
}
