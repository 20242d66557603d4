import type { TrafficSplit } from "../promote/activities.ts";
import type { DecisionKind } from "./decision.ts";

/** What a run comes to. */
export interface RetrainResult {
  readonly decision: DecisionKind;
  readonly reasons: readonly string[];
  /** The run that took this very decision before: there was nothing to do. Null when this run took it. */
  readonly decidedBy: string | null;
  /** Pipeline job of this run; null when nothing was run. */
  readonly job: string | null;
  readonly modelVersion: string | null;
  readonly endpoint: string | null;
  readonly traffic: TrafficSplit | null;
  /** The commit on the Hub. */
  readonly published: string | null;
}
