import { posix } from "node:path";
import { suggestion } from "../../../pipelines/schema/problems.ts";
import { UserError } from "../../errors.ts";
import { formatOf } from "./format.ts";

/** As recipes give them: one or several. */
export function listed(patterns: string | readonly string[]): readonly string[] {
  return typeof patterns === "string" ? [patterns] : patterns;
}

export function isPattern(name: string): boolean {
  return /[*?[{]/.test(name);
}

/** The part of a pattern in which nothing is left open: `data/` of `data/train-*.parquet`. */
export function folderOf(pattern: string): string {
  const open = pattern.search(/[*?[{]/);
  return open < 0 ? pattern : pattern.slice(0, pattern.lastIndexOf("/", open) + 1);
}

/**
 * The names that the patterns mean, sorted, each once. A name that ends in a slash means every data file below it.
 * Throws `NotFound` with every pattern that means none.
 */
export function matching(patterns: readonly string[], names: readonly string[], where: string): string[] {
  const found = patterns.map((pattern) => ({ pattern, names: names.filter((name) => matches(pattern, name)) }));
  const missing = found.filter((one) => one.names.length === 0);
  if (missing.length > 0) {
    const list = missing.map(
      ({ pattern }) => `${pattern}${isPattern(pattern) ? "" : suggestion(pattern, names.slice(0, 200))}`,
    );
    throw new UserError("NotFound", `${where} has no file ${list.join(", nor ")}`);
  }
  return [...new Set(found.flatMap((one) => one.names))].sort();
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("/")) return name.startsWith(pattern) && isData(name);
  return name === pattern || (isPattern(pattern) && posix.matchesGlob(name, pattern));
}

/** Whether a file's name says that it holds rows. */
export function isData(name: string): boolean {
  try {
    formatOf(name);
    return !posix.basename(name).startsWith(".");
  } catch {
    return false;
  }
}
