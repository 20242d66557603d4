import { extname } from "node:path";
import { UserError } from "../../errors.ts";
import type { Format } from "../plan.ts";

const endings: Readonly<Record<string, Format>> = {
  ".parquet": "parquet",
  ".csv": "csv",
  ".tsv": "tsv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".json": "jsonl",
  ".txt": "text",
};

/** By the file's name, which may end in `.gz` or `.zst` too. Throws `InvalidData`. */
export function formatOf(name: string): Format {
  const format = endings[extname(name.replace(/\.(gz|zst)$/, "")).toLowerCase()];
  if (format !== undefined) return format;
  throw new UserError(
    "InvalidData",
    `${name} is in no format that can be read: give .parquet, .csv, .tsv, .jsonl or .txt files`,
  );
}
