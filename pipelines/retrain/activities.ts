import type { DecisionKind } from "./decision.ts";
import type { Comparison } from "./evaluation.ts";
import type { Recipe } from "./recipe.ts";
import type {
  Champion,
  DecisionRecord,
  Pins,
  PreflightReport,
  PreparedData,
  Resolution,
  ShardedPreparation,
  SpecReference,
  TrainedCandidate,
} from "./run.ts";

/** What `retrain` needs from the outside world, stage by stage; implemented in `activities/`. */

export interface ResolveActivities {
  /**
   * Validates the request and the recipe, turns every name into a pin, finds the champion and any decision
   * already taken for these pins. Throws non-retryable `InvalidRequest`, `InvalidRecipe`, `NotFound`, `Gated`,
   * each with every problem in its details.
   */
  resolveRun(input: { request: unknown; workflowId: string }): Promise<Resolution>;
}

export interface PrepareActivities {
  /**
   * Mirrors the base model to Cloud Storage and writes the prepared data; both content-addressed, found again. What is
   * larger than the recipe lets one machine prepare is answered with the job that does; `hasFailed` asks why one failed.
   * Signals `preparing` to its workflow, with pauses that grow, as long as it runs.
   */
  prepareData(input: {
    recipe: Recipe;
    pins: Pins;
    champion: Champion | null;
    hasFailed?: boolean;
  }): Promise<PreparedData | ShardedPreparation>;
}

export interface PreflightActivities {
  /** Compiles `train-and-evaluate` for this recipe, validates it, stores it by digest. */
  compileTrainAndEvaluate(input: { recipe: Recipe; pins: Pins; fresh: boolean }): Promise<SpecReference>;
  /** Schema, Vertex's limits, the hardware catalogue, the budget. Problems are returned, not thrown. */
  preflight(input: {
    recipe: Recipe;
    spec: SpecReference;
    data: PreparedData;
    /** What the job of `compilePreflight` left. */
    reportUri?: string;
  }): Promise<PreflightReport>;
  /** Compiles `preflight` for this recipe, and stores it by digest; null for a team's own trainer, which has none. */
  compilePreflight(input: { recipe: Recipe; pins: Pins }): Promise<SpecReference | null>;
}

export interface EvaluationActivities {
  /** Reads both evaluations and pairs their predictions row by row. */
  compareEvaluations(input: TrainedCandidate): Promise<Comparison>;
}

export interface LedgerActivities {
  /** Writes the decision once; a second writing of the same run is a no-op. */
  recordDecision(input: { pinsDigest: string; record: DecisionRecord; force: boolean }): Promise<void>;
}

export interface PublishActivities {
  /** Commits weights, card and evaluation to the Hub repo; the same content makes no second commit. */
  publishModel(input: {
    repo: string;
    private: boolean;
    recipe: Recipe;
    pins: Pins;
    candidate: TrainedCandidate;
    data: PreparedData;
    modelVersion: string;
    decision: DecisionKind;
    comparison: Comparison;
    workflowId: string;
  }): Promise<{ url: string; commit: string }>;
}

export interface NotifyActivities {
  /**
   * Posts JSON to the webhook that the recipe names; does nothing where it names none, or where there is no such recipe.
   * The key lets the receiver drop a repetition.
   */
  notify(input: {
    recipe: string;
    key: string;
    body: { recipe: string; workflowId: string; outcome: string; reasons: readonly string[] };
  }): Promise<void>;
}

export type RetrainActivities = ResolveActivities &
  PrepareActivities &
  PreflightActivities &
  EvaluationActivities &
  LedgerActivities &
  PublishActivities &
  NotifyActivities;

export type { Champion };
