import type { JobRecord } from "../jobs/jobs.ts";
import type { ModelMessage } from "../models/records.ts";
import type { ValueMessage } from "../wire/json.ts";

/** The parts of google.cloud.aiplatform.v1.TrainingPipeline that are read here; the others are kept and given back. */
export interface TrainingPipelineMessage {
  readonly displayName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly inputDataConfig?: object;
  readonly trainingTaskDefinition?: string;
  readonly trainingTaskInputs?: ValueMessage;
  readonly modelToUpload?: ModelMessage;
  readonly modelId?: string;
  readonly parentModel?: string;
}

/** What the store keeps of a TrainingPipeline. */
export interface TrainingPipelineRecord extends JobRecord {
  readonly message: TrainingPipelineMessage;
  /** Name of the CustomJob that trains. */
  readonly customJob?: string;
  /** `MODEL@VERSION` of what was uploaded. */
  readonly uploaded?: string;
}
