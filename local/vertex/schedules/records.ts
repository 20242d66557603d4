import type { PipelineJobMessage } from "../pipeline-jobs/create.ts";
import type { TimeMessage } from "../wire/time.ts";

/** The parts of google.cloud.aiplatform.v1.Schedule that a client gives. */
export interface ScheduleMessage {
  readonly name?: string;
  readonly displayName?: string;
  readonly cron?: string;
  readonly startTime?: TimeMessage;
  readonly endTime?: TimeMessage;
  readonly maxRunCount?: string;
  readonly maxConcurrentRunCount?: string;
  readonly allowQueueing?: boolean;
  readonly createPipelineJobRequest?: {
    readonly parent?: string;
    readonly pipelineJobId?: string;
    readonly pipelineJob?: PipelineJobMessage;
  };
  readonly createNotebookExecutionJobRequest?: object;
}

/** What the store keeps of a schedule. Times are milliseconds since the epoch. */
export interface ScheduleRecord {
  readonly name: string;
  readonly message: ScheduleMessage;
  readonly state: "ACTIVE" | "PAUSED" | "COMPLETED";
  readonly startTime: number;
  readonly endTime?: number;
  /** 0 has no limit. */
  readonly maxRunCount: number;
  readonly startedRunCount: number;
  readonly catchUp: boolean;
  readonly createTime: number;
  readonly updateTime: number;
  readonly nextRunTime?: number;
  readonly lastPauseTime?: number;
  readonly lastResumeTime?: number;
  readonly lastRun?: { readonly scheduledRunTime: number; readonly runResponse: string };
  /** Times that have come while as many runs as allowed were under way. */
  readonly queued: readonly number[];
}
