import { type Status, VertexError } from "../wire/errors.ts";
import type { TaskRecord, TaskState, Values } from "./records.ts";

/** How a task ended, for those that wait for it. */
export interface Outcome {
  readonly state: TaskState;
  readonly outputs: Values;
  readonly error?: Status;
}

export function outcomeOf({ state, outputs, error }: TaskRecord): Outcome {
  return { state, outputs, ...(error === undefined ? {} : { error }) };
}

export function succeeded(state: TaskState | undefined): boolean {
  return state === "SUCCEEDED" || state === "SKIPPED";
}

/** What a task failed with, in Vertex's form. */
export function taskError(error: unknown): Status {
  if (error instanceof VertexError) return error.toStatus();
  const message = error instanceof Error ? error.message : String(error);
  return new VertexError("FAILED_PRECONDITION", message).toStatus();
}
