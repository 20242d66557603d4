import type { ColumnCheck } from "../../../pipelines/retrain/recipe.ts";
import { identifier, literal } from "../database.ts";

/** A condition under which a row is bad, and why: both as SQL. */
export interface Check {
  readonly reason: string;
  readonly isBroken: string;
}

const types: Record<NonNullable<ColumnCheck["type"]>, string> = {
  string: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
};

/** What the recipe says of columns, in the order in which a row's first fault is its reason. */
export function checksOf(columns: Readonly<Record<string, ColumnCheck>>): Check[] {
  return Object.entries(columns).flatMap(([name, check]) => columnChecks(name, check));
}

function columnChecks(name: string, check: ColumnCheck): Check[] {
  const column = identifier(name);
  const text = `CAST(${column} AS VARCHAR)`;
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  const checks: Check[] = [];
  const add = (what: string, isBroken: string): void => {
    checks.push({ reason: `${name} ${what}`, isBroken });
  };
  if (check.nullable === false) add("is missing", `${column} IS NULL`);
  if (check.type !== undefined && check.type !== "string")
    add(`is no ${check.type}`, `${column} IS NOT NULL AND TRY_CAST(${text} AS ${types[check.type]}) IS NULL`);
  if (check.minLength !== undefined)
    add(`is shorter than ${check.minLength} characters`, `length(${text}) < ${check.minLength}`);
  if (check.maxLength !== undefined)
    add(`is longer than ${check.maxLength} characters`, `length(${text}) > ${check.maxLength}`);
  if (check.pattern !== undefined)
    add(`does not match ${check.pattern}`, `NOT regexp_matches(${text}, ${literal(check.pattern)})`);
  if (check.values !== undefined) {
    const values = check.values.map((value) => literal(String(value))).join(", ");
    add("is none of the allowed values", `${text} NOT IN (${values})`);
  }
  if (check.minimum !== undefined) add(`is less than ${check.minimum}`, `${number} < ${check.minimum}`);
  if (check.maximum !== undefined) add(`is more than ${check.maximum}`, `${number} > ${check.maximum}`);
  return checks;
}

/** The reason of a row's first fault; NULL for a good row. */
export function firstReason(checks: readonly Check[]): string {
  if (checks.length === 0) return "CAST(NULL AS VARCHAR)";
  const cases = checks.map(({ reason, isBroken }) => `WHEN ${isBroken} THEN ${literal(reason)}`);
  return `CASE ${cases.join(" ")} END`;
}
