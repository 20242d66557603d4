import type { DataSource } from "../../pipelines/retrain/recipe.ts";
import {
  bucketsFor,
  type Chunk,
  type PassInputs,
  type Plan,
  type PlannedFile,
  type PlannedRecipe,
  preparationVersion,
} from "./plan.ts";
import { type Cutting, partsOf } from "./sources/parts.ts";
import type { RowGroup } from "./sources/row-groups.ts";

/** A source's files, as they were pinned. */
export interface PlannedSource {
  readonly name: string;
  readonly weight: number;
  readonly sql?: DataSource["sql"];
  /** Whether each row that the SQL gives is made from one row. */
  readonly isRowWise: boolean;
  readonly train: readonly PlannedFile[];
  readonly test: readonly PlannedFile[];
}

export interface PlanInput {
  readonly recipe: PlannedRecipe;
  readonly sources: readonly PlannedSource[];
  readonly held?: Plan["held"];
  readonly passes?: PassInputs;
  /** Row groups of Parquet files that are worth being read in parts, by path. */
  readonly rowGroups?: ReadonlyMap<string, readonly RowGroup[]>;
  /** Of a large file's parts; shapes no byte of what comes out. */
  readonly chunkBytes?: number;
}

/** The same plan, in whatever order sources and files come. */
export function makePlan({ recipe, sources, held = null, passes = {}, ...cutting }: PlanInput): Plan {
  const chunks = sources.flatMap((source) => [
    ...chunksOf(source, "train", cutting),
    ...chunksOf(source, "test", cutting),
  ]);
  const bytes = sources
    .flatMap(({ train, test }) => [...train, ...test])
    .reduce((sum, file) => sum + textBytes(file), 0);
  return {
    version: preparationVersion,
    recipe,
    chunks: chunks.sort((left, right) => (chunkKey(left) < chunkKey(right) ? -1 : 1)),
    buckets: bucketsFor(bytes),
    weights: sources.length < 2 ? {} : Object.fromEntries(sources.map(({ name, weight }) => [name, weight])),
    held,
    passes,
  };
}

function chunksOf({ name, sql, isRowWise, ...source }: PlannedSource, role: Chunk["role"], cutting: Cutting): Chunk[] {
  const files = source[role].toSorted((left, right) => (left.uri < right.uri ? -1 : 1));
  const chunk = { source: name, role, ...(sql === undefined ? {} : { sql }) };
  if (files.length === 0) return [];
  if (!isRowWise) return [{ ...chunk, files }];
  return files.flatMap((file) => partsOf(file, cutting).map((part) => ({ ...chunk, files: [file], ...part })));
}

function chunkKey({ source, role, files, rows, bytes }: Chunk): string {
  return [source, role, files[0]?.uri ?? "", String((rows ?? bytes)?.[0] ?? 0).padStart(16, "0")].join("\n");
}

/** Texts of Parquet and compressed files take about three times their room. */
function textBytes({ bytes, format, uri }: PlannedFile): number {
  return format === "parquet" || /\.(gz|zst)$/.test(uri) ? 3 * bytes : bytes;
}
