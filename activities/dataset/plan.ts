import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import { digestOf } from "../digest.ts";

/** Raised when the same input would give other rows or bytes. */
export const preparationVersion = 4;

/** The parts of a recipe that shape the prepared data. */
export type PlannedRecipe = Pick<
  Recipe,
  "task" | "columns" | "schema" | "splits" | "sampling" | "nearDuplicates" | "contamination" | "statistics"
>;

export const formats = ["parquet", "csv", "tsv", "jsonl", "text"] as const;
export type Format = (typeof formats)[number];

/** A file of the data, and where it came from. */
export interface PlannedFile {
  /** Where it lies: a path of the file system, there when a piece reads it. */
  readonly path: string;
  readonly uri: string;
  /** Commit SHA, sha256, or checksum of the object. */
  readonly revision: string;
  readonly bytes: number;
  readonly format: Format;
}

/** What one piece of `scatter` reads. */
export interface Chunk {
  /** Name of the source: `data`, or a source's of a mix. */
  readonly source: string;
  readonly role: "train" | "test";
  readonly files: readonly PlannedFile[];
  /** Only these rows, first and behind the last, of a single Parquet file: whole row groups. */
  readonly rows?: readonly [number, number];
  /** Only the lines that begin within these bytes, first and behind the last, of a single file of lines. */
  readonly bytes?: readonly [number, number];
  readonly sql?: string;
}

/** All that a preparation depends on, as JSON: every process that takes part reads the same. */
export interface Plan {
  readonly version: number;
  readonly recipe: PlannedRecipe;
  readonly chunks: readonly Chunk[];
  /** Ranges of ids that are worked on by themselves; a power of two. */
  readonly buckets: number;
  /** Name of a source → its share in the mix; empty where there is one source. */
  readonly weights: Readonly<Record<string, number>>;
  /** Columns of the champion's data, against which these are held; null where there is none. */
  readonly held: readonly { readonly name: string; readonly type: string }[] | null;
  /** What the passes need from outside, each under its own name. */
  readonly passes: PassInputs;
}

/** A data set that is to be unknown to the model. */
export interface EvaluationSet {
  readonly name: string;
  /** Whose texts are looked for. */
  readonly columns: readonly string[];
  readonly files: readonly PlannedFile[];
}

/** Files that passes read, brought here before. Each pass documents its own. */
export interface PassInputs {
  /** Folder with the base model's tokenizer and chat template. */
  readonly baseModel?: string;
  /** Evaluation sets, against which the data is decontaminated. */
  readonly against?: readonly EvaluationSet[];
  /** Folder of the prepared data that the champion learnt from. */
  readonly championData?: string;
}

/** Bytes of sources a bucket: what is sorted at once, and about three shards. */
export const bucketBytes = 48 * 1024 ** 2;
/** More would be more files than are worth opening. */
const mostBuckets = 1024;

/** Function of the sources' size alone, so that the same data falls into the same buckets whoever prepares it. */
export function bucketsFor(bytes: number): number {
  const wanted = Math.min(mostBuckets, Math.max(1, bytes / bucketBytes));
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** The same plan for a process that finds its files elsewhere: in a mounted bucket. */
export function withPaths(plan: Plan, place: (path: string) => string): Plan {
  const moved = (file: PlannedFile): PlannedFile => ({ ...file, path: place(file.path) });
  const { baseModel, against, championData } = plan.passes;
  return {
    ...plan,
    chunks: plan.chunks.map((chunk) => ({ ...chunk, files: chunk.files.map(moved) })),
    passes: {
      ...plan.passes,
      ...(baseModel === undefined ? {} : { baseModel: place(baseModel) }),
      ...(against === undefined ? {} : { against: against.map((set) => ({ ...set, files: set.files.map(moved) })) }),
      ...(championData === undefined ? {} : { championData: place(championData) }),
    },
  };
}

/** Every file that the chunks read, once. */
export function filesOf({ chunks }: Pick<Plan, "chunks">): PlannedFile[] {
  return [...new Map(chunks.flatMap(({ files }) => files).map((file) => [file.path, file])).values()];
}

/** Names a plan, so that pieces of another one are not taken for its own. */
export function planDigest(plan: Plan): string {
  return digestOf(plan);
}
