import { UserError } from "../../errors.ts";
import { type Database, literal } from "../database.ts";

/** What a recipe's SQL may call in `FROM`, beside the table `source`. */
const tableFunctions = ["unnest", "range", "generate_series"];

export interface Statement {
  /** Whether each row is made from one row alone, so that parts of a source can be shaped by themselves. */
  readonly isRowWise: boolean;
}

/**
 * Checks a recipe's SQL: one SELECT over the table `source`, which reads no file, no setting and no clock, and is the
 * same each time. Throws `InvalidData` with every problem. (DuckDB itself is then also kept from files that are not the
 * preparation's.) https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export async function checkStatement(database: Database, sql: string, path: string): Promise<Statement> {
  const refused = (messages: readonly string[]): UserError =>
    new UserError(
      "InvalidData",
      "the recipe's SQL cannot be run",
      messages.map((message) => ({ path, message })),
    );
  const [row] = await database.rows(`SELECT json_serialize_sql(${literal(sql)}) AS tree`);
  const tree: Tree = JSON.parse(String(row?.["tree"]));
  if (tree["error"] === true) throw refused([`${String(tree["error_message"])}`]);
  const statements = tree["statements"] as readonly Tree[];
  if (statements.length !== 1) throw refused([`must be one SELECT, not ${statements.length} statements`]);
  const functions = await knownFunctions(database);
  const found = { problems: new Set<string>(), isRowWise: true };
  visit(statements[0] ?? {}, namesOfCtes(statements[0] ?? {}), functions, found);
  if (found.problems.size > 0) throw refused([...found.problems]);
  return { isRowWise: found.isRowWise };
}

type Tree = { readonly [key: string]: unknown };

interface Functions {
  readonly volatile: ReadonlySet<string>;
  readonly aggregate: ReadonlySet<string>;
}

async function knownFunctions(database: Database): Promise<Functions> {
  const rows = await database.rows(`
    SELECT DISTINCT lower(function_name) AS name, function_type = 'aggregate' AS is_aggregate
    FROM duckdb_functions()
    WHERE function_type = 'aggregate' OR stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')`);
  const aggregate = rows.filter((row) => row["is_aggregate"] === true).map((row) => String(row["name"]));
  const volatile = rows.filter((row) => row["is_aggregate"] !== true).map((row) => String(row["name"]));
  const reading = ["getenv", "current_setting", "getvariable", "version"];
  return { aggregate: new Set(aggregate), volatile: new Set([...volatile, ...reading]) };
}

function namesOfCtes(tree: unknown): Set<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    const map = (node["cte_map"] as { map?: readonly { key: string }[] } | undefined)?.map ?? [];
    for (const { key } of map) names.add(key.toLowerCase());
  });
  return names;
}

function visit(
  tree: Tree,
  ctes: ReadonlySet<string>,
  functions: Functions,
  found: { problems: Set<string>; isRowWise: boolean },
): void {
  let sources = 0;
  walk(tree, (node) => {
    switch (node["type"]) {
      case "BASE_TABLE": {
        const name = String(node["table_name"]);
        const isPlain = node["schema_name"] === "" && node["catalog_name"] === "";
        if (isPlain && name.toLowerCase() === "source") sources++;
        else if (!isPlain || !ctes.has(name.toLowerCase()))
          found.problems.add(`reads ${name}, and may read only the table \`source\``);
        break;
      }
      case "TABLE_FUNCTION": {
        const name = String((node["function"] as Tree | undefined)?.["function_name"]);
        if (!tableFunctions.includes(name.toLowerCase()))
          found.problems.add(`calls ${name} in FROM, and may call only ${tableFunctions.join(", ")}`);
        break;
      }
      case "SELECT_NODE":
        if (
          (node["group_expressions"] as readonly unknown[]).length > 0 ||
          (node["modifiers"] as readonly unknown[]).length > 0
        )
          found.isRowWise = false;
        if (node["sample"] !== null) found.problems.add("takes a sample, which is another one each time");
        break;
      case "SET_OPERATION_NODE":
      case "RECURSIVE_CTE_NODE":
        found.isRowWise = false;
        break;
      case "FUNCTION": {
        const name = String(node["function_name"]).toLowerCase();
        if (functions.volatile.has(name)) found.problems.add(`calls ${name}, which is not the same each time`);
        if (functions.aggregate.has(name) || name === "count_star") found.isRowWise = false;
        break;
      }
      default:
        if (node["class"] === "WINDOW") found.isRowWise = false;
    }
  });
  if (sources === 0) found.problems.add("does not read the table `source`");
  if (sources > 1) found.isRowWise = false;
}

function walk(value: unknown, see: (node: Tree) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, see);
  else if (typeof value === "object" && value !== null) {
    see(value as Tree);
    for (const item of Object.values(value)) walk(item, see);
  }
}
