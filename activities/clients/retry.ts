import { setTimeout } from "node:timers/promises";
import { isTransientHttp } from "../http-status.ts";
import { BrokenAnswer, HttpError } from "./http.ts";

/** Waits, unless the signal aborts before; then it rejects. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const realWait: Wait = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal });

export interface RetryOptions {
  readonly signal: AbortSignal;
  readonly wait: Wait;
  /** A figure that grows while the work gets on: a try that failed after it grew counts as the first one. */
  readonly progress?: () => number;
}

/** Tries in a row without progress. With the waits between them: about two minutes. */
const mostTries = 8;
const firstWait = 500;
const longestWait = 30_000;
/** A service that wants to be left alone for longer is left to the next attempt of the activity. */
const longestRetryAfter = 120_000;

/**
 * Does one request until it succeeds, with growing waits, or those that the service asks for. This is the only place
 * that does: the work under it tries once, and an activity's next attempt goes on with what is left.
 */
export async function retrying<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { signal, wait, progress = () => 0 } = options;
  let before = progress();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (progress() > before) tries = 1;
      before = progress();
      const asked = error instanceof HttpError ? error.retryAfterMilliseconds : null;
      if (!isTransient(error) || tries >= mostTries || (asked ?? 0) > longestRetryAfter) throw error;
      const grown = Math.min(longestWait, firstWait * 2 ** (tries - 1));
      // Spread, so that requests that failed together do not come back together.
      await wait(Math.max(asked ?? 0, grown * (0.5 + Math.random() / 2)), signal);
    }
  }
}

/** Another try may succeed: the service says so, the bytes were damaged on their way, or the connection broke. */
function isTransient(error: unknown): boolean {
  if (error instanceof HttpError) return isTransientHttp(error.status) || damaged.has(error.reason);
  if (error instanceof BrokenAnswer) return true;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code !== undefined && (connectionCodes.has(code) || code.startsWith("HPE_"));
}

/** As Cloud Storage calls bytes that are not what their checksum says. */
const damaged = new Set(["BadDigest", "InvalidDigest", "CrcMismatch"]);

const connectionCodes = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
  "EPROTO",
]);
