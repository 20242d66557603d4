import { extname } from "node:path";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import { type Problem, suggestion } from "../../pipelines/schema/problems.ts";
import { UserError } from "../errors.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { SourceFile } from "./source-files.ts";

export type Columns = Recipe["columns"];

/** Columns that the prepared data and the predictions have of their own. */
const reserved = ["id", "text", "label", "prediction", "score"];

/** Loads a file into the table `source` with text, label and the slices as strings, whatever they were. Throws `InvalidData`. */
export async function readSource(
  database: Database,
  file: SourceFile,
  columns: Columns,
  table: string,
): Promise<number> {
  const relation = relationOf(file);
  try {
    checkColumns(file, await database.columns(relation), columns);
    const slices = columns.slices.map(
      (name) => `, coalesce(CAST(${identifier(name)} AS VARCHAR), '(none)') AS ${identifier(name)}`,
    );
    await database.run(`
      CREATE TABLE ${table} AS
      SELECT CAST(${identifier(columns.text)} AS VARCHAR) AS text, CAST(${identifier(columns.label)} AS VARCHAR) AS label${slices.join("")}
      FROM ${relation}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("InvalidData", `${file.uri} cannot be read: ${String(error)}`, [], error);
  }
  return database.count(`SELECT count(*) FROM ${table}`);
}

function relationOf(file: SourceFile): string {
  const path = literal(file.path);
  const ending = extname(file.path.replace(/\.(gz|zst)$/, ""));
  switch (ending.toLowerCase()) {
    case ".parquet":
      return `read_parquet(${path})`;
    case ".csv":
    case ".tsv":
      return `read_csv(${path}, header = true, all_varchar = true)`;
    case ".jsonl":
    case ".ndjson":
      return `read_json(${path}, format = 'newline_delimited', sample_size = -1)`;
    default:
      throw new UserError(
        "InvalidData",
        `${file.uri} is in no format that can be read: give a .parquet, .csv, .tsv or .jsonl file`,
      );
  }
}

function checkColumns(file: SourceFile, there: readonly string[], columns: Columns): void {
  const wanted: [path: string, name: string][] = [
    ["columns.text", columns.text],
    ["columns.label", columns.label],
    ...columns.slices.map((name, index): [string, string] => [`columns.slices[${index}]`, name]),
  ];
  const missing = wanted
    .filter(([, name]) => !there.includes(name))
    .map(([path, name]): Problem => {
      const message = `${file.uri} has no column ${name}${suggestion(name, there)}`;
      return { path, message: message.includes("(known:") ? message : `${message} (known: ${there.join(", ")})` };
    });
  const clashing = columns.slices.flatMap((name, index): Problem[] =>
    reserved.includes(name)
      ? [
          {
            path: `columns.slices[${index}]`,
            message: `may not be named ${name}: prepared data has a column of that name`,
          },
        ]
      : [],
  );
  const problems = [...missing, ...clashing];
  if (problems.length > 0)
    throw new UserError("InvalidData", "the data does not have the columns that the recipe names", problems);
}
