import type { JobState } from "../custom-jobs/records.ts";
import type { PipelineState, TaskState } from "../pipeline-jobs/records.ts";
import { type Html, html } from "./html.ts";

/** How a job or task stands, as the page shows it: a colour, an icon, a word. */
export type Look =
  | "pending"
  | "running"
  | "succeeded"
  | "cached"
  | "failed"
  | "cancelling"
  | "cancelled"
  | "not-triggered";

const looks: Readonly<Record<PipelineState | JobState | TaskState, Look>> = {
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
};

const words: Readonly<Record<Look, string>> = {
  pending: "Pending",
  running: "Running",
  succeeded: "Succeeded",
  cached: "Cached",
  failed: "Failed",
  cancelling: "Cancelling",
  cancelled: "Cancelled",
  "not-triggered": "Not triggered",
};

export function lookOf(state: PipelineState | JobState | TaskState): Look {
  return looks[state];
}

export function wordOf(look: Look): string {
  return words[look];
}

/** Drawn in a square of 16; the document carries each once, so that the graph can show them too. */
const icons: Readonly<Record<Look, string>> = {
  pending: "M8 4.5V8l2.3 1.8",
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

export function badge(look: Look): Html {
  return html`<span class="state look-${look}">${icon(look)}${words[look]}</span>`;
}

/** The icon alone, where there is no room for its word. */
export function dot(look: Look): Html {
  return html`<span class="dot look-${look}" role="img" aria-label="${words[look]}" title="${words[look]}">${icon(look)}</span>`;
}
