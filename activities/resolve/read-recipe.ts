import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LineCounter, type ParsedNode, parseDocument } from "yaml";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import { validateRecipe } from "../../pipelines/retrain/validate.ts";
import { suggestion } from "../../pipelines/schema/problems.ts";
import { type Problem, UserError } from "../errors.ts";

/** Reads `FOLDER/NAME.yaml`. Throws `NotFound` with the nearest name, `InvalidRecipe` with every problem, its line and column. */
export async function readRecipe(folder: string, name: string): Promise<Recipe> {
  const file = join(folder, `${name}.yaml`);
  const text = /^[a-z0-9-]+$/i.test(name) ? await readIfThere(file) : null;
  if (text === null) {
    const near = suggestion(name, await recipeNames(folder));
    throw new UserError("NotFound", `there is no recipe ${name} in ${folder}`, [
      { path: "recipe", message: `names no recipe${near}` },
    ]);
  }
  return parseRecipe(text, file);
}

/** Every recipe of a folder, by name. */
export async function recipeNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder);
  return entries
    .filter((entry) => entry.endsWith(".yaml"))
    .map((entry) => entry.slice(0, -".yaml".length))
    .sort();
}

/** Parses the text of a recipe file; `file` is for messages. */
export function parseRecipe(text: string, file: string): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      path: "",
      message: `${place(lines, error.pos[0])}: ${error.message}`,
    }));
    throw new UserError("InvalidRecipe", `${file} is not YAML`, problems);
  }
  const parsed = validateRecipe(document.toJS());
  if (parsed.ok) return parsed.value;
  const problems = parsed.problems.map((problem): Problem => {
    const offset = offsetOf(document.contents, problem.path);
    return { ...problem, message: `${problem.message} (${place(lines, offset)})` };
  });
  throw new UserError("InvalidRecipe", `${file} breaks the schema of recipes`, problems);
}

/** Offset of the node that a path such as `promote.canary[0].percent` names, or of the nearest one around it. */
function offsetOf(root: ParsedNode | null, path: string): number {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  let node: ParsedNode | null = root;
  let offset = root?.range[0] ?? 0;
  for (const key of keys) {
    if (node === null || !("items" in node)) break;
    const items: readonly unknown[] = node.items;
    const pair = items.find(
      (item): item is { key: ParsedNode; value: ParsedNode | null } => isPair(item) && String(item.key) === key,
    );
    const next: unknown = pair ? pair.value : items[Number(key)];
    const start = pair?.key.range[0] ?? (isNode(next) ? next.range[0] : undefined);
    if (start === undefined) break;
    offset = start;
    node = isNode(next) ? next : null;
  }
  return offset;
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

function isPair(item: unknown): item is { key: ParsedNode; value: ParsedNode | null } {
  return typeof item === "object" && item !== null && "key" in item && isNode(item.key);
}

function isNode(value: unknown): value is ParsedNode {
  return typeof value === "object" && value !== null && "range" in value;
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
