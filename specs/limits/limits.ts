/** What Vertex AI documents. What it does not document (a spec's size, tasks in a run) is nowhere here. */
export const limits = {
  /** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs/create */
  jobId: /^[a-z][-a-z0-9]{0,127}$/,
  /** Characters. */
  displayName: 128,
  /** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.pipelineJobs */
  labels: 64,
  labelKey: /^[a-z][a-z0-9_-]{0,62}$/,
  labelValue: /^[a-z0-9_-]{0,63}$/,
  /** Cores of a task; https://cloud.google.com/vertex-ai/docs/pipelines/machine-types */
  taskCpu: 96,
  /** GB of a task. */
  taskMemoryGb: 624,
  /** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/DiskSpec */
  bootDiskGb: { least: 100, most: 64_000 },
  /** Into one task: https://github.com/kubeflow/kubeflow/issues/7513 */
  artifactsIntoTask: 100,
  /** https://cloud.google.com/vertex-ai/docs/reference/rest/v1/ContainerSpec */
  environmentVariables: 100,
} as const;

/** Something that Vertex would refuse or ignore. */
export interface LimitFinding {
  readonly code:
    | "JobId"
    | "DisplayName"
    | "Labels"
    | "PipelineName"
    | "TaskCpu"
    | "TaskMemory"
    | "RequestIgnored"
    | "KubernetesAccelerator"
    | "Accelerator"
    | "ArtifactFanIn"
    | "Setting"
    | "KubernetesOnly"
    | "BootDisk"
    | "EnvironmentVariables"
    | "MachineMismatch"
    | "UnknownTopology"
    | "SpotPod"
    | "FlexNeedsGpus"
    | "NotInRegion"
    | "NotOnDemand"
    | "UnknownMachine";
  /** What is wrong and what to do. */
  readonly message: string;
  /** JSON pointer into the spec, or into the job. */
  readonly path: string;
}
