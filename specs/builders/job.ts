/**
 * What a task can know about the job that it runs in. Vertex fills these texts in; they can be given as an
 * input's value, or as a word of a command line.
 */
export const job = {
  /** `projects/P/locations/L/pipelineJobs/ID`. */
  resourceName: "{{$.pipeline_job_resource_name}}",
  /** The pipeline job's id. */
  name: "{{$.pipeline_job_name}}",
  uuid: "{{$.pipeline_job_uuid}}",
  /** RFC 3339. */
  createTime: "{{$.pipeline_job_create_time_utc}}",
  scheduleTime: "{{$.pipeline_job_schedule_time_utc}}",
  /** The bucket folder that outputs go to. */
  root: "{{$.pipeline_root}}",
  /** Vertex only. */
  project: "{{$.pipeline_google_cloud_project_id}}",
  /** Vertex only. */
  location: "{{$.pipeline_google_cloud_location}}",
  /** Vertex only. */
  serviceAccount: "{{$.pipeline_service_account}}",
  /** Where a task finds the run's workspace: open-source Kubeflow Pipelines only. */
  workspacePath: "{{$.workspace_path}}",
} as const;

/** What a task can know about itself. */
export const currentTask = {
  name: "{{$.pipeline_task_name}}",
  uuid: "{{$.pipeline_task_uuid}}",
} as const;
