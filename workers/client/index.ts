/** Starting, following and answering runs: the only place that starts or signals workflows. */
export { connect, type TemporalClient, TemporalUnreachable } from "./connect.ts";
export { retrainWorkflowId, runUrl, scheduleId, startFormUrl, workflowTypes } from "./names.ts";
export { approve, follow, type RunEnd, readProgress, recentRuns, reject, startRetrain } from "./runs.ts";
export { applySchedule, triggerSchedule } from "./schedules.ts";
