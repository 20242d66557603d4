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
  /** Rows of Parquet files that are worth being read in parts, by path. */
  readonly rowCounts?: ReadonlyMap<string, number>;
}

/** A chunk of a large Parquet file: what a kill may cost. */
const chunkBytes = 128 * 1024 ** 2;

/** The same plan, in whatever order sources and files come. */
export function makePlan({ recipe, sources, held = null, passes = {}, rowCounts = new Map() }: PlanInput): Plan {
  const chunks = sources.flatMap((source) => [
    ...chunksOf(source, "train", rowCounts),
    ...chunksOf(source, "test", rowCounts),
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

function chunksOf(
  { name, sql, isRowWise, ...source }: PlannedSource,
  role: Chunk["role"],
  rowCounts: ReadonlyMap<string, number>,
): Chunk[] {
  const files = source[role].toSorted((left, right) => (left.uri < right.uri ? -1 : 1));
  const chunk = { source: name, role, ...(sql === undefined ? {} : { sql }) };
  if (files.length === 0) return [];
  if (!isRowWise) return [{ ...chunk, files }];
  return files.flatMap((file): Chunk[] => {
    const rows = rowCounts.get(file.path);
    const parts = rows === undefined ? 1 : Math.min(rows, Math.ceil(file.bytes / chunkBytes));
    if (rows === undefined || parts < 2) return [{ ...chunk, files: [file] }];
    const each = Math.ceil(rows / parts);
    return Array.from({ length: Math.ceil(rows / each) }, (_, index) => ({
      ...chunk,
      files: [file],
      rows: [index * each, Math.min(rows, (index + 1) * each)] as const,
    }));
  });
}

function chunkKey({ source, role, files, rows }: Chunk): string {
  return [source, role, files[0]?.uri ?? "", String(rows?.[0] ?? 0).padStart(16, "0")].join("\n");
}

/** Texts of Parquet and compressed files take about three times their room. */
function textBytes({ bytes, format, uri }: PlannedFile): number {
  return format === "parquet" || /\.(gz|zst)$/.test(uri) ? 3 * bytes : bytes;
}
