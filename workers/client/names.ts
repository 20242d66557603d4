/** Names of what we start. */

export const workflowTypes = { retrain: "retrain", promote: "promote", runSpec: "runSpec" } as const;

/** `retrain-RECIPE-2026-11-24T15-40-12-345Z`: sorts by time, as a schedule's own ids do. */
export function retrainWorkflowId(recipe: string, now: Date): string {
  return `retrain-${recipe}-${now.toISOString().replaceAll(/[:.]/g, "-")}`;
}

export function scheduleId(recipe: string): string {
  return `retrain-${recipe}`;
}

/** A run's page in the Temporal UI. */
export function runUrl(uiUrl: string, namespace: string, workflowId: string): string {
  return `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}

/** The Temporal UI's start form, filled in as far as an address can. */
export function startFormUrl(uiUrl: string, namespace: string, taskQueue: string, workflowType: string): string {
  const query = new URLSearchParams({ taskQueue, workflowType });
  return `${uiUrl}/namespaces/${namespace}/workflows/start-workflow?${query}`;
}
