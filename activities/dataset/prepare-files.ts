import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { Database } from "./database.ts";
import { partition } from "./partition.ts";
import { type Columns, readSource } from "./read-source.ts";
import type { SourceFile } from "./source-files.ts";
import { writeShards } from "./write-shards.ts";

export interface PrepareFilesInput {
  readonly train: SourceFile;
  readonly test: SourceFile | null;
  readonly columns: Columns;
  readonly splits: Recipe["splits"];
  /** Where the shards go. */
  readonly output: string;
  /** For what does not fit into memory. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: string) => void;
}

/** Files on disk become checked, deduplicated, split Parquet shards on disk. The same input gives the same bytes. */
export async function prepareFiles(input: PrepareFilesInput): Promise<Manifest> {
  const { train, test, columns, onProgress = () => {} } = input;
  using database = await Database.open(input.scratch, input.signal);
  onProgress("reading the data");
  const files = test === null ? [train] : [train, test];
  const sources: Manifest["sources"][number][] = [];
  for (const [index, file] of files.entries()) {
    const rows = await readSource(database, file, columns, index === 0 ? "source_train" : "source_test");
    sources.push({ uri: file.uri, revision: file.revision, rows });
  }
  onProgress("checking, deduplicating and splitting the rows");
  const kept = await partition(database, { slices: columns.slices, splits: input.splits, hasTestFile: test !== null });
  const labels = await database.rows("SELECT DISTINCT label FROM rows WHERE split = 'train' ORDER BY label");
  onProgress("writing the shards");
  return {
    schemaVersion: 1,
    task: "text-classification",
    labels: labels.map((row) => String(row["label"])),
    slices: columns.slices,
    splits: {
      train: await writeShards(database, "train", columns.slices, input.output),
      validation: await writeShards(database, "validation", columns.slices, input.output),
      test: await writeShards(database, "test", columns.slices, input.output),
    },
    sources,
    ...kept,
  };
}
