import { idOf, locationOf } from "../wire/names.ts";
import type { PipelineJobRecord, TaskRecord } from "./records.ts";

/** The placeholders that name a job or a task, `{{$.NAME}}`. */
export const jobNames = [
  "pipeline_job_name",
  "pipeline_job_resource_name",
  "pipeline_job_uuid",
  "pipeline_job_create_time_utc",
  "pipeline_job_schedule_time_utc",
  "pipeline_task_name",
  "pipeline_task_uuid",
  "pipeline_root",
  "pipeline_google_cloud_location",
  "pipeline_google_cloud_project_id",
  "pipeline_google_cloud_service_account",
  "pipeline_google_cloud_network",
  "pipeline_persistent_resource_id",
] as const;

/** Where a task's processes leave their logs, below its job's folder; one folder in it for each process, from `1` on. */
export function taskFolder(path: string): string {
  return path.replaceAll("/", "_");
}

export function namesOf(
  job: PipelineJobRecord,
  task: Pick<TaskRecord, "taskName" | "id">,
): Record<(typeof jobNames)[number], string> {
  const { project, location } = locationOf(job.name);
  return {
    pipeline_job_name: idOf(job.name),
    pipeline_job_resource_name: job.name,
    pipeline_job_uuid: idOf(job.name),
    pipeline_job_create_time_utc: new Date(job.createTime).toISOString(),
    pipeline_job_schedule_time_utc: new Date(job.scheduledTime ?? job.createTime).toISOString(),
    pipeline_task_name: task.taskName,
    pipeline_task_uuid: task.id,
    pipeline_root: job.gcsOutputDirectory,
    pipeline_google_cloud_location: location,
    pipeline_google_cloud_project_id: project,
    pipeline_google_cloud_service_account: job.serviceAccount,
    pipeline_google_cloud_network: job.network,
    pipeline_persistent_resource_id: "",
  };
}
