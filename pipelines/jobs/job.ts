/** A Vertex job as a workflow sees it. */
export type JobKind = "pipeline" | "custom";

export interface JobReference {
  readonly kind: JobKind;
  /** `projects/P/locations/L/pipelineJobs/ID`. */
  readonly name: string;
  /** True when the submission found this job running or succeeded already. */
  readonly adopted: boolean;
  /** 1 for the first. */
  readonly attempt: number;
  /** Where a person looks at it; null where there is no such page. */
  readonly consoleUrl: string | null;
}

export type JobState = "succeeded" | "failed" | "cancelled";

export interface JobOutcome {
  readonly name: string;
  readonly state: JobState;
  /** The cause in one sentence, from the task that failed; null when it succeeded. */
  readonly error: string | null;
  /** Output artifacts, `task.output` → URI. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Names of the CustomJobs that its tasks ran as. */
  readonly customJobs: readonly string[];
}

export interface PipelineSubmission {
  readonly specUri: string;
  readonly specDigest: string;
  readonly parameters: Readonly<
    Record<string, string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>>
  >;
  /** Of the workflow: the job's id derives from workflow id, stage, digest and attempt. */
  readonly workflowId: string;
  readonly stage: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly displayName: string;
}
