import type { JobState } from "../custom-jobs/records.ts";
import type { TrialRecord } from "../hyperparameter-tuning/records.ts";
import type { PipelineState, TaskState } from "../pipeline-jobs/records.ts";
import type { ScheduleRecord } from "../schedules/records.ts";
import { type Html, html } from "./html.ts";

/** How a job or task stands, as the page shows it: a colour, an icon, a word. */
export type Look =
  | "pending"
  | "active"
  | "paused"
  | "running"
  | "succeeded"
  | "cached"
  | "failed"
  | "cancelling"
  | "cancelled"
  | "not-triggered";

/** Of jobs, tasks, schedules and trials; executions of the metadata store have words of their own for the same. */
export type State =
  | PipelineState
  | JobState
  | TaskState
  | ScheduleRecord["state"]
  | TrialRecord["state"]
  | "NEW"
  | "COMPLETE"
  | "CACHED";

const looks: Readonly<Record<State, Look>> = {
  PIPELINE_STATE_PENDING: "pending",
  PIPELINE_STATE_RUNNING: "running",
  PIPELINE_STATE_SUCCEEDED: "succeeded",
  PIPELINE_STATE_FAILED: "failed",
  PIPELINE_STATE_CANCELLING: "cancelling",
  PIPELINE_STATE_CANCELLED: "cancelled",
  JOB_STATE_QUEUED: "pending",
  JOB_STATE_PENDING: "pending",
  JOB_STATE_RUNNING: "running",
  JOB_STATE_SUCCEEDED: "succeeded",
  JOB_STATE_FAILED: "failed",
  JOB_STATE_CANCELLING: "cancelling",
  JOB_STATE_CANCELLED: "cancelled",
  ACTIVE: "active",
  PENDING: "pending",
  RUNNING: "running",
  SUCCEEDED: "succeeded",
  // What Vertex calls SKIPPED took its outputs from the cache.
  SKIPPED: "cached",
  FAILED: "failed",
  CANCEL_PENDING: "cancelling",
  CANCELLING: "cancelling",
  CANCELLED: "cancelled",
  NOT_TRIGGERED: "not-triggered",
  PAUSED: "paused",
  COMPLETED: "succeeded",
  STOPPING: "cancelling",
  INFEASIBLE: "failed",
  NEW: "pending",
  COMPLETE: "succeeded",
  CACHED: "cached",
};

const words: Readonly<Record<Look, string>> = {
  pending: "Pending",
  active: "Active",
  paused: "Paused",
  running: "Running",
  succeeded: "Succeeded",
  cached: "Cached",
  failed: "Failed",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
  "not-triggered": "Not triggered",
};

export function lookOf(state: State): Look {
  return looks[state];
}

/** Of a state that a client may have made up. */
export function lookOfAny(state: string): Look | null {
  return Object.hasOwn(looks, state) ? looks[state as State] : null;
}

export function wordOf(look: Look): string {
  return words[look];
}

/** Drawn in a square of 16; the document carries each once, so that the graph can show them too. */
const icons: Readonly<Record<Look, string>> = {
  pending: "M8 4.5V8l2.3 1.8",
  active: "M8 3.2V8l3.1 2.3M8 2.6a5.4 5.4 0 1 0 .01 0",
  paused: "M6 5v6M10 5v6",
  running: "M8 2.6A5.4 5.4 0 1 1 2.6 8",
  succeeded: "M4.6 8.3 7 10.7l4.4-5",
  cached: "M8.8 3.2 4.9 8.9h2.8l-.5 3.9 3.9-5.7H8.3z",
  failed: "M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2",
  cancelling: "M6 5.8h4v4.4H6z",
  cancelled: "M6 5.8h4v4.4H6z",
  "not-triggered": "M5 8h6",
};

export const iconSymbols: Html = html`<svg class="symbols" aria-hidden="true">${Object.entries(icons).map(
  ([look, path]) =>
    html`<symbol id="icon-${look}" viewBox="0 0 16 16"><rect width="16" height="16" stroke="none"/><path d="${path}"/></symbol>`,
)}</svg>`;

export function icon(look: Look): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#icon-${look}"/></svg>`;
}

/** @param word in the place of its own */
export function badge(look: Look, word = words[look]): Html {
  return html`<span class="state look-${look}">${icon(look)}${word}</span>`;
}

/** The icon alone, where there is no room for its word. */
export function dot(look: Look): Html {
  return html`<span class="dot look-${look}" role="img" aria-label="${words[look]}" title="${words[look]}">${icon(look)}</span>`;
}
