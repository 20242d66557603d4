import { status } from "@grpc/grpc-js";
import type { CallOptions, LROperation } from "google-gax";
import { cancellation, unlessAborted } from "../progress.ts";
import { grpcStatusName, isGrpcError, isTransientGrpc } from "./status.ts";

/** The longest that any operation of ours may take: a deployment that waits for a machine. */
const totalMilliseconds = 60 * 60 * 1000;

/** A long-running operation that ended badly, as opposed to a look at it that failed. */
export class OperationFailed extends Error {
  override readonly name = "OperationFailed";
  readonly code: number;

  constructor(message: string, code: number, cause: unknown) {
    super(`${grpcStatusName(code)}: ${message}`, { cause });
    this.code = code;
  }
}

/** Without these settings, the client would look for an operation's end for ever. */
export async function operationOptions(): Promise<CallOptions> {
  const { createBackoffSettings } = await import("google-gax");
  return { longrunning: createBackoffSettings(250, 1.5, 5_000, null, null, null, totalMilliseconds) };
}

/** Waits for the end of an operation; a look that fails does not fail it. Throws `OperationFailed`. */
export async function settle<Result, Metadata>(
  operation: LROperation<Result, Metadata>,
  signal: AbortSignal = cancellation(),
): Promise<Result> {
  const deadline = Date.now() + totalMilliseconds;
  for (;;) {
    try {
      const [result] = await unlessAborted(operation.promise(), signal);
      return result;
    } catch (error) {
      if (signal.aborted) throw error;
      if (operation.latestResponse.done) throw new OperationFailed(messageOf(error), codeOf(error), error);
      if (!isGrpcError(error) || !isTransientGrpc(error) || Date.now() > deadline) throw error;
    }
  }
}

function codeOf(error: unknown): number {
  return isGrpcError(error) ? error.code : status.UNKNOWN;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
