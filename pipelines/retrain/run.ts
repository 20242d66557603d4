import type { RequestForm } from "../promote/serve.ts";
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
  /** Commits of the evaluation sets that the recipe names, in its order; left out where it names none. */
  readonly evaluationSets?: readonly { readonly dataset: string; readonly revision: string }[];
  /** The trainer's container, by digest: `name@sha256:…`. */
  readonly trainerImage: string;
  /** The container of a team's own trainer, by digest; ours evaluates and serves what it trains. */
  readonly teamImage?: string;
  /** The container that serves, by digest, where it is not the trainer's. */
  readonly servingImage?: string;
}

export type DataPin =
  | SourcePin
  | {
      readonly source: "mix";
      readonly sources: readonly { readonly name: string; readonly weight: number; readonly pin: SourcePin }[];
    };

/** Where rows come from, so that they are the same rows each time. */
export type SourcePin =
  | {
      readonly source: "hub";
      readonly dataset: string;
      /** Commit SHA, which fixes what the patterns name. */
      readonly revision: string;
      readonly train: readonly string[];
      readonly test: readonly string[] | null;
    }
  | {
      /** Local files come here too: they are copied to Cloud Storage under their own hash. */
      readonly source: "file" | "storage";
      readonly train: PinnedFiles;
      readonly test: PinnedFiles | null;
    }
  | {
      readonly source: "bigquery";
      readonly project: string;
      readonly location: string;
      readonly train: PinnedTable;
      readonly test: PinnedTable | null;
    };

/** Objects of Cloud Storage, listed once. */
export interface PinnedFiles {
  /** `gs://` address of the list, which is named by its hash: every object with its size and checksum. */
  readonly listing: string;
  readonly files: number;
  readonly bytes: number;
  /** Of the first file, for people. */
  readonly name: string;
}

/** Rows of BigQuery as they were at a time. */
export interface PinnedTable {
  /** `PROJECT.DATASET.TABLE`, or a query. */
  readonly rows: string;
  /** Every table that is read, and when it last changed: Unix milliseconds. */
  readonly tables: readonly { readonly table: string; readonly modified: string }[];
  /** That are read, as BigQuery counts them. */
  readonly bytes: number;
}

/** The model that serves now: the registry version that the target's alias names, checked against the endpoint. */
export interface Champion {
  /** `projects/…/models/ID@VERSION`. */
  readonly modelVersion: string;
  /** `gs://` folder of its weights. */
  readonly artifactUri: string;
  /** In which form its container is asked, where that is not the trainer's. */
  readonly requests?: RequestForm;
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
  /** `gs://` folder of the prepared data; absent in older records. */
  readonly dataUri?: string;
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
  /** What people read of it; absent from runs that are older than it. */
  readonly report?: {
    /** Of the page. */
    readonly url: string;
    /** From the data that the champion learnt from; null where there is none. */
    readonly drift: DataDrift | null;
    /** By the recipe's `train.maxLength`; null where tokens were not counted, absent from runs that are older. */
    readonly truncation?: Truncation | null;
  };
}

/** Share of the training texts that have more than `maxLength` tokens: both bounds are equal where it is exact. */
export interface Truncation {
  readonly maxLength: number;
  readonly atLeast: number;
  readonly atMost: number;
}

/** How the training rows differ from those that the champion learnt from. */
export interface DataDrift {
  readonly verdict: "none" | "moderate" | "large";
  /** For people. */
  readonly sentence: string;
  /** Of every column that differs significantly, however little; absent from runs that are older than it. */
  readonly shifts?: readonly {
    readonly column: string;
    /** Population stability index, or, of texts, the maximum mean discrepancy as a share of their spread. */
    readonly measure: "index" | "textDistance";
    readonly value: number;
  }[];
}

/** Data that is larger than a machine: a pipeline job is to prepare it. */
export interface ShardedPreparation {
  readonly job: {
    readonly spec: SpecReference;
    readonly parameters: { readonly work: string; readonly output: string };
  };
  /** Of the sources. */
  readonly bytes: number;
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
  /** Of the training that was compiled ahead of time; absent where that was not done. */
  readonly prediction?: PreflightPrediction | null;
}

/** Times and cost are estimates; bytes are of one chip. */
export interface PreflightPrediction {
  /** Whether the training was compiled for this hardware, or only reckoned. */
  readonly basis: "compiled" | "estimated";
  readonly fits: boolean;
  readonly peakBytes: number | null;
  readonly availableBytes: number;
  readonly stepSeconds: number | null;
  /** Of the whole training, with start-up. */
  readonly seconds: number | null;
  readonly usd: number | null;
  /** The nearest change that fits, where it does not. */
  readonly remedy: string | null;
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
