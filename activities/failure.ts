import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure, TemporalFailure } from "@temporalio/common";
import { UserError } from "./errors.ts";
import { httpStatus, isTransientHttp } from "./http-status.ts";
import { describeGrpc, grpcStatusName, isGrpcError, isTransientGrpc } from "./vertex/status.ts";

export { httpStatus, isTransientHttp };

/**
 * Turns whatever an activity throws into the failure that Temporal should see: the boundary, and the only place
 * that says what is worth another try. Codes that the services call transient are; what a person must mend is not.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof UserError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: true,
      details: [{ problems: error.problems }],
      ...withCause(error.cause),
    });
  }
  if (error instanceof Error && error.name === "AbortError") return new CancelledFailure(error.message, [], error);
  if (isGrpcError(error)) {
    return ApplicationFailure.create({
      message: describeGrpc(error),
      type: grpcStatusName(error.code),
      nonRetryable: !isTransientGrpc(error),
      cause: error,
    });
  }
  const status = httpStatus(error);
  if (status !== undefined && error instanceof Error) {
    return ApplicationFailure.create({
      message: error.message,
      type: `Http${status}`,
      nonRetryable: !isTransientHttp(status),
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Not done yet: tried again after the delay, without counting as an error in logs and metrics. */
export function stillRunning(message: string, pollSeconds: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: "StillRunning",
    nonRetryable: false,
    nextRetryDelay: pollSeconds * 1000,
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Wraps every activity of a group so that only failures that Temporal understands leave it. */
export function withFailures<Activities extends object>(activities: Activities): Activities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [name, guard(activity as AnyActivity)] as const);
  return Object.fromEntries(wrapped) as Activities;
}

type AnyActivity = (input: unknown) => Promise<unknown>;

function guard(activity: AnyActivity): AnyActivity {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw toFailure(error);
    }
  };
}

function withCause(cause: unknown): { cause?: Error } {
  return cause instanceof Error ? { cause } : {};
}
