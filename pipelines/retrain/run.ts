import type { DecisionKind } from "./decision.ts";
import type { Recipe } from "./recipe.ts";
import type { RetrainRequest } from "./request.ts";

/** The plain data that travels between the stages of a run. References only: URIs and digests, never payloads. */

/** Every name of a run, resolved. Two runs with equal pins give the same model and the same decision. */
export interface Pins {
  /** Hash of what in the recipe can change the model or the decision. */
  readonly recipe: { readonly name: string; readonly hash: string };
  /** Hub repo and commit. */
  readonly baseModel: { readonly repo: string; readonly revision: string };
  readonly data: DataPin;
  /** The trainer's container, by digest: `name@sha256:…`. */
  readonly trainerImage: string;
}

export type DataPin =
  | {
      readonly source: "hub";
      readonly dataset: string;
      readonly revision: string;
      readonly train: string;
      readonly test: string | null;
    }
  | { readonly source: "file"; readonly train: PinnedFile; readonly test: PinnedFile | null };

/** A local file, copied to Cloud Storage under its own hash. */
export interface PinnedFile {
  readonly uri: string;
  readonly sha256: string;
}

/** The model that serves now: the registry version that the target's alias names, checked against the endpoint. */
export interface Champion {
  /** `projects/…/models/ID@VERSION`. */
  readonly modelVersion: string;
  /** `gs://` folder of its weights. */
  readonly artifactUri: string;
  /** The run that made it, if one of ours did. */
  readonly runId: string | null;
}

export interface Resolution {
  readonly request: RetrainRequest;
  /** With the request's overrides in it, and every default filled in. */
  readonly recipe: Recipe;
  readonly pins: Pins;
  /** sha256 over the canonical JSON of the pins. */
  readonly pinsDigest: string;
  readonly champion: Champion | null;
  /** The decision already taken for these pins. */
  readonly earlier: DecisionRecord | null;
}

/** What the bucket keeps of a decision, under `decisions/RECIPE/PINS_DIGEST.json`. */
export interface DecisionRecord {
  readonly decision: DecisionKind;
  readonly reasons: readonly string[];
  readonly workflowId: string;
  /** RFC 3339. */
  readonly decidedAt: string;
  readonly pins: Pins;
  readonly modelVersion: string | null;
}

export interface PreparedData {
  /** `gs://` folder with `manifest.json` and one folder of Parquet shards a split. */
  readonly uri: string;
  readonly manifestUri: string;
  readonly digest: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly labels: readonly string[];
  readonly rejectedRows: number;
  readonly duplicateRows: number;
  /** `gs://` folder of the base model's files, mirrored from the Hub. */
  readonly baseModelUri: string;
}

/** A compiled pipeline spec, stored by its digest. */
export interface SpecReference {
  readonly uri: string;
  readonly digest: string;
  /** The pipeline's name, from the spec's `pipelineInfo`. */
  readonly name: string;
}

export interface PreflightReport {
  readonly problems: readonly PreflightProblem[];
  readonly hardware: string;
  /** US dollars an hour, with the date of the price; null where the catalogue has none. */
  readonly price: { readonly usdPerHour: number; readonly asOf: string } | null;
}
export interface PreflightProblem {
  readonly code: string;
  readonly message: string;
}

/** What the pipeline job left behind, as URIs. */
export interface TrainedCandidate {
  readonly modelUri: string;
  readonly evaluationUri: string;
  readonly predictionsUri: string;
  readonly championEvaluationUri: string | null;
  readonly championPredictionsUri: string | null;
}
