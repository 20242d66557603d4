import type { Chunk, PlannedFile } from "../plan.ts";
import type { RowGroup } from "./row-groups.ts";

export interface Cutting {
  /** Of Parquet files, by path; a file that is not here stays whole. */
  readonly rowGroups?: ReadonlyMap<string, readonly RowGroup[]>;
  readonly chunkBytes?: number;
}

type Part = Pick<Chunk, "rows" | "bytes">;

/** Of a large file: what is read in one go, and what a kill may cost. */
export const usualChunkBytes = 128 * 1024 ** 2;

/**
 * The parts in which a file is read: row groups of Parquet, and lines of JSONL and text. Of CSV a line end may be within
 * a field, and what is compressed can be read from its start only: these stay whole.
 */
export function partsOf(file: PlannedFile, { rowGroups, chunkBytes = usualChunkBytes }: Cutting): Part[] {
  if (file.bytes <= chunkBytes) return [{}];
  if (file.format === "parquet") return groupsTogether(rowGroups?.get(file.path) ?? [], chunkBytes);
  const hasLines = (file.format === "jsonl" || file.format === "text") && !/\.(gz|zst)$/.test(file.path);
  if (!hasLines) return [{}];
  const parts = Math.ceil(file.bytes / chunkBytes);
  const edge = (index: number): number => Math.round((index * file.bytes) / parts);
  return Array.from({ length: parts }, (_, index) => ({ bytes: [edge(index), edge(index + 1)] as const }));
}

/** As many row groups as the bytes allow, but one at least. */
function groupsTogether(groups: readonly RowGroup[], chunkBytes: number): Part[] {
  const parts: [number, number][] = [];
  let bytes = 0;
  let rows = 0;
  for (const group of groups) {
    const last = parts.at(-1);
    bytes += group.bytes;
    if (last === undefined || bytes > chunkBytes) {
      parts.push([rows, rows + group.rows]);
      bytes = group.bytes;
    } else last[1] += group.rows;
    rows += group.rows;
  }
  return parts.length < 2 ? [{}] : parts.map((part) => ({ rows: part }));
}
