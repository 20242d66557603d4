import type { DecisionKind } from "./decision.ts";
import type { Evaluation } from "./evaluation.ts";

export const stageNames = [
  "resolve",
  "prepare",
  "preflight",
  "train",
  "evaluate",
  "gate",
  "approve",
  "promote",
  "publish",
] as const;
export type StageName = (typeof stageNames)[number];

export type StageStatus = "pending" | "running" | "done" | "skipped" | "failed";

export interface StageProgress {
  readonly name: StageName;
  readonly status: StageStatus;
  /** RFC 3339. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What came of it, or why it waits; one line of markdown. */
  readonly note: string;
}

/** How a run stands: what the `progress` query answers and the Temporal UI shows. */
export interface RunProgress {
  readonly recipe: string | null;
  readonly note: string | null;
  readonly stage: StageName | null;
  readonly stages: readonly StageProgress[];
  readonly metrics: {
    readonly candidate: Evaluation["metrics"];
    readonly champion: Evaluation["metrics"] | null;
  } | null;
  readonly decision: DecisionKind | null;
  readonly reasons: readonly string[];
  /** Title → address. */
  readonly links: Readonly<Record<string, string>>;
}

export const notStarted: RunProgress = {
  recipe: null,
  note: null,
  stage: null,
  stages: stageNames.map((name) => ({ name, status: "pending", startedAt: null, endedAt: null, note: "" })),
  metrics: null,
  decision: null,
  reasons: [],
  links: {},
};

/** The progress with one stage changed. */
export function withStage(progress: RunProgress, name: StageName, change: Partial<StageProgress>): RunProgress {
  return {
    ...progress,
    stage: change.status === "running" ? name : progress.stage,
    stages: progress.stages.map((stage) => (stage.name === name ? { ...stage, ...change } : stage)),
  };
}

/** Every stage that was not reached is skipped once the run has its decision. */
export function withDecision(progress: RunProgress, decision: DecisionKind, reasons: readonly string[]): RunProgress {
  return { ...progress, decision, reasons };
}

export function withRestSkipped(progress: RunProgress): RunProgress {
  return {
    ...progress,
    stages: progress.stages.map((stage) => (stage.status === "pending" ? { ...stage, status: "skipped" } : stage)),
  };
}
