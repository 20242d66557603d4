import { Context } from "@temporalio/activity";
import { inActivity, warn } from "./progress.ts";

/** Nobody reads faster, and what takes less needs no news. */
const leastMilliseconds = 10_000;
/** Of the time since the activity was first scheduled: what has taken an hour is told of every six minutes. */
const leastShare = 0.1;

/**
 * Tells a workflow how far its activity is: workflow code sees no heartbeats. Every signal is four events of a history
 * (itself, and the workflow task that reads it), so that the pauses grow with the time that the work has taken already,
 * over all its tries: under 40 signals in the first half hour, 70 in six hours, 90 in thirty.
 */
export class StepSignals {
  readonly #send: (step: string) => Promise<void>;
  readonly #clock: () => number;
  readonly #since: number;
  #last: { readonly at: number; readonly step: string };
  #underWay: Promise<void> = Promise.resolve();
  #isUnderWay = false;

  /** @param since when the first try was scheduled, in milliseconds of `clock`. */
  constructor(send: (step: string) => Promise<void>, since: number, clock: () => number = Date.now) {
    this.#send = send;
    this.#clock = clock;
    this.#since = since;
    // A new try waits as the first one did.
    this.#last = { at: clock(), step: "" };
  }

  /** Sends the step where it is new and due. News that cannot be brought are no reason to stop the work. */
  tell(step: string): void {
    const now = this.#clock();
    const pause = Math.max(leastMilliseconds, leastShare * (now - this.#since));
    if (this.#isUnderWay || step === this.#last.step || now - this.#last.at < pause) return;
    this.#last = { at: now, step };
    this.#isUnderWay = true;
    this.#underWay = this.#send(step)
      .catch((error: unknown) => warn("The workflow could not be told how far its activity is.", { error, step }))
      .finally(() => {
        this.#isUnderWay = false;
      });
  }

  /** Resolves when nothing is on its way any more, so that no news come after the result. */
  settled(): Promise<void> {
    return this.#underWay;
  }
}

/** To the run that the activity belongs to; null outside of one. */
export function signalsToOwnWorkflow(signal: string, clock?: () => number): StepSignals | null {
  if (!inActivity()) return null;
  const { client, info } = Context.current();
  const { workflowExecution } = info;
  if (workflowExecution === undefined) return null;
  // The very run: after a Reset, a try of the old one has nothing to say to the new.
  const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId);
  return new StepSignals((step) => handle.signal(signal, step), info.scheduledTimestampMs, clock);
}
