import type { CustomJobSpecMessage } from "../custom-jobs/records.ts";
import type { JobRecord } from "../jobs/jobs.ts";
import type { Value } from "./study/space.ts";
import type { StudyStoppingMessage } from "./study-end.ts";

/** The parts of google.cloud.aiplatform.v1.HyperparameterTuningJob that are read here; the others are kept and given back. */
export interface HyperparameterTuningJobMessage {
  readonly displayName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly studySpec?: StudySpecMessage;
  readonly maxTrialCount?: number;
  readonly parallelTrialCount?: number;
  readonly maxFailedTrialCount?: number;
  readonly trialJobSpec?: CustomJobSpecMessage;
}

export interface StudySpecMessage {
  readonly metrics?: readonly MetricSpecMessage[];
  readonly parameters?: readonly ParameterSpecMessage[];
  readonly algorithm?: string;
  readonly measurementSelectionType?: string;
  readonly decayCurveStoppingSpec?: StoppingSpecMessage;
  readonly medianAutomatedStoppingSpec?: StoppingSpecMessage;
  readonly convexAutomatedStoppingSpec?: StoppingSpecMessage & {
    readonly maxStepCount?: string;
    readonly minStepCount?: string;
    readonly minMeasurementCount?: string;
  };
  readonly studyStoppingConfig?: StudyStoppingMessage;
}

export interface StoppingSpecMessage {
  readonly useElapsedDuration?: boolean;
}

export interface MetricSpecMessage {
  readonly metricId?: string;
  readonly goal?: string;
}

export interface ParameterSpecMessage {
  readonly parameterId?: string;
  readonly scaleType?: string;
  readonly doubleValueSpec?: { readonly minValue?: number; readonly maxValue?: number };
  readonly integerValueSpec?: { readonly minValue?: string; readonly maxValue?: string };
  readonly categoricalValueSpec?: { readonly values?: readonly string[] };
  readonly discreteValueSpec?: { readonly values?: readonly number[] };
  readonly conditionalParameterSpecs?: readonly {
    readonly parentDiscreteValues?: { readonly values?: readonly number[] };
    readonly parentIntValues?: { readonly values?: readonly string[] };
    readonly parentCategoricalValues?: { readonly values?: readonly string[] };
    readonly parameterSpec?: ParameterSpecMessage;
  }[];
}

/** What a trial told of itself at one step. */
export interface Measurement {
  readonly step: number;
  /** Milliseconds since the trial began. */
  readonly elapsed: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface TrialRecord {
  readonly id: string;
  readonly state: "ACTIVE" | "STOPPING" | "SUCCEEDED" | "INFEASIBLE";
  readonly parameters: readonly { readonly id: string; readonly value: Value }[];
  readonly customJob: string;
  readonly startTime: number;
  readonly endTime?: number;
  readonly measurements: readonly Measurement[];
  readonly final?: Measurement;
  readonly infeasibleReason?: string;
}

/** What the store keeps of a HyperparameterTuningJob. */
export interface HyperparameterTuningJobRecord extends JobRecord {
  readonly message: HyperparameterTuningJobMessage;
  readonly trials: readonly TrialRecord[];
}
