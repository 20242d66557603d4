import type { Recipe } from "../../../pipelines/retrain/recipe.ts";
import { type Problem, suggestion } from "../../../pipelines/schema/problems.ts";
import { UserError } from "../../errors.ts";
import { canonicalMessages } from "../chat/canonical.ts";
import { identifier, literal } from "../database.ts";
import type { PlannedRecipe } from "../plan.ts";
import type { Check } from "./checks.ts";

export type Columns = Recipe["columns"];

/** Columns that the prepared data and the predictions have of their own. */
const reserved = [
  ...["id", "text", "label", "prediction", "score", "messages", "completions"],
  ...["split", "source", "role", "group", "time", "reason", "row", "bucket", "spaced"],
];

/** A column that the recipe names, and the field that does. */
interface Wanted {
  readonly path: string;
  readonly name: string;
}

/** How rows of a source become ours, as SQL over its columns. */
export interface Mapping {
  /** What is learnt from, of which the hash is the row's key. */
  readonly text: string;
  readonly label: string;
  /** Only of conversations. */
  readonly messages: string | null;
  readonly group: string | null;
  readonly time: string | null;
  readonly slices: readonly string[];
  /** Over `text` and `label`, when these are there. */
  readonly checks: readonly Check[];
}

/** Throws `InvalidData` for columns that the source lacks, naming each and the nearest one. */
export function mappingOf(
  recipe: PlannedRecipe,
  columns: readonly { name: string; type: string }[],
  uri: string,
): Mapping {
  const { task, splits } = recipe;
  checkColumns(recipe, columns, uri);
  const typeOf = (name: string): string => columns.find((column) => column.name === name)?.type ?? "VARCHAR";
  const optional = {
    group: splits.group === undefined ? null : `coalesce(CAST(${identifier(splits.group)} AS VARCHAR), '')`,
    time:
      splits.time === undefined ? null : `TRY_CAST(CAST(${identifier(splits.time.column)} AS VARCHAR) AS TIMESTAMP)`,
    slices: recipe.columns.slices,
  };
  if (task === "causal-lm") return { ...conversation(recipe.columns, typeOf), ...optional };
  const { text, label, separator } = recipe.columns;
  return {
    text: `CAST(${identifier(text)} AS VARCHAR)`,
    label: task === "multi-label-classification" ? labelSet(label, typeOf(label), separator) : oneLabel(label),
    messages: null,
    ...optional,
    checks: [
      { reason: "empty text", isBroken: "spaced = ' '" },
      task === "multi-label-classification"
        ? { reason: "the labels are no list", isBroken: "label IS NULL" }
        : { reason: "empty label", isBroken: "label = ''" },
    ],
  };
}

function oneLabel(name: string): string {
  return `coalesce(trim(CAST(${identifier(name)} AS VARCHAR)), '')`;
}

/** As JSON, sorted, without spaces: equal sets are equal texts. NULL where it cannot be read. */
function labelSet(name: string, type: string, separator: string | undefined): string {
  const column = identifier(name);
  const text = `CAST(${column} AS VARCHAR)`;
  let list = `TRY_CAST(TRY_CAST(${text} AS JSON) AS VARCHAR[])`;
  if (type.endsWith("[]")) list = `CAST(${column} AS VARCHAR[])`;
  else if (separator !== undefined) list = `string_split(coalesce(${text}, ''), ${literal(separator)})`;
  const trimmed = `list_filter(list_transform(${list}, one -> trim(one)), one -> one IS NOT NULL AND one <> '')`;
  return `CAST(to_json(list_sort(list_distinct(${trimmed}))) AS VARCHAR)`;
}

function conversation(
  columns: Columns,
  typeOf: (name: string) => string,
): Pick<Mapping, "text" | "label" | "messages" | "checks"> {
  const text = `CAST(json(${canonicalMessages(columns, typeOf)}) AS VARCHAR)`;
  const roles = "CAST(json_extract_string(text, '$[*].role') AS VARCHAR[])";
  return {
    text,
    label: "''",
    messages: "text",
    checks: [
      { reason: "the messages are no list", isBroken: "text IS NULL OR json_type(text) <> 'ARRAY'" },
      {
        reason: "a message has no role or no content",
        isBroken: `json_array_length(text) = 0 OR len(list_filter(${roles}, role -> role IS NOT NULL)) < json_array_length(text) OR len(list_filter(CAST(json_extract_string(text, '$[*].content') AS VARCHAR[]), one -> one IS NOT NULL)) < 1`,
      },
      {
        reason: "nothing is answered: no message of the assistant",
        isBroken: `NOT list_contains(${roles}, 'assistant')`,
      },
    ],
  };
}

function checkColumns(
  { task, columns, splits, schema }: PlannedRecipe,
  there: readonly { name: string }[],
  uri: string,
): void {
  const names = there.map(({ name }) => name);
  const chat: Wanted[] =
    columns.prompt === undefined
      ? [{ path: "columns.messages", name: columns.messages ?? "messages" }]
      : [
          { path: "columns.prompt", name: columns.prompt },
          { path: "columns.completion", name: columns.completion ?? "completion" },
        ];
  const besideChat: Wanted[] = [
    ...(columns.input === undefined ? [] : [{ path: "columns.input", name: columns.input }]),
    ...(columns.system === undefined ? [] : [{ path: "columns.system", name: columns.system }]),
    ...(columns.tools === undefined ? [] : [{ path: "columns.tools", name: columns.tools }]),
  ];
  const classified: Wanted[] = [
    { path: "columns.text", name: columns.text },
    { path: "columns.label", name: columns.label },
  ];
  const wanted: Wanted[] = [
    ...(task === "causal-lm" ? [...chat, ...besideChat] : classified),
    ...columns.slices.map((name, index) => ({ path: `columns.slices[${index}]`, name })),
    ...Object.keys(schema.columns).map((name) => ({ path: `schema.columns.${name}`, name })),
    ...(splits.group === undefined ? [] : [{ path: "splits.group", name: splits.group }]),
    ...(splits.time === undefined ? [] : [{ path: "splits.time.column", name: splits.time.column }]),
  ];
  const missing = wanted
    .filter(({ name }) => !names.includes(name))
    .map(({ path, name }): Problem => {
      const message = `${uri} has no column ${name}${suggestion(name, names)}`;
      return { path, message: message.includes("(known:") ? message : `${message} (known: ${names.join(", ")})` };
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
