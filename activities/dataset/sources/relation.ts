import { identifier, literal, literals } from "../database.ts";
import type { Inspected } from "../inspect.ts";
import type { Chunk, Format, PlannedFile } from "../plan.ts";

/** Relation of a file's rows. */
export function relationOf(file: Pick<PlannedFile, "path" | "format">): string {
  return relation([file.path], file.format);
}

/** Relation of a part of a JSONL file, with the columns of the whole. */
export function relationOfPart(path: string, columns: Inspected): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(", ");
  const list = columns.map(({ name }) => identifier(name)).join(", ");
  return `(SELECT ${list} FROM read_json([${literal(path)}], format = 'newline_delimited', columns = {${types}}))`;
}

/** Relation of what a chunk reads. Files of several formats are read side by side, by the names of their columns. */
export function relationOfChunk({ files, rows }: Pick<Chunk, "files" | "rows">): string {
  const byFormat = Map.groupBy(files, ({ format }) => format);
  const parts = [...byFormat].map(([format, some]) =>
    relation(
      some.map(({ path }) => path),
      format,
    ),
  );
  const [only = ""] = parts;
  if (parts.length > 1) return `(${parts.map((part) => `SELECT * FROM ${part}`).join(" UNION ALL BY NAME ")})`;
  if (rows === undefined) return only;
  const numbered = only.replace(/\)$/, ", file_row_number = true)");
  const [first, behind] = rows;
  return `(SELECT * EXCLUDE (file_row_number) FROM ${numbered} WHERE file_row_number >= ${first} AND file_row_number < ${behind})`;
}

/** DuckDB's own limit, 2 MB, is less than a book. */
const longLines = "max_line_size = 25000000, buffer_size = 32000000";

function relation(paths: readonly string[], format: Format): string {
  const list = `[${literals(paths)}]`;
  const together = "union_by_name = true, hive_partitioning = false";
  switch (format) {
    case "parquet":
      return `read_parquet(${list}, ${together})`;
    case "csv":
    case "tsv":
      return `read_csv(${list}, ${together}, header = true, all_varchar = true, strict_mode = true, ${longLines}${format === "tsv" ? ", delim = '\\t'" : ""})`;
    case "jsonl":
      return `read_json(${list}, ${together}, format = 'newline_delimited', sample_size = -1)`;
    case "text":
      // One column of whole lines: no text has this character.
      return `(SELECT text FROM read_csv(${list}, header = false, columns = {'text': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '', null_padding = false, ${longLines}, hive_partitioning = false))`;
  }
}
