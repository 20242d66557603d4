import { type Parsed, parseWith } from "../schema/parse.ts";
import { containerProblems } from "./container-rules.ts";
import { validate as validateRecipeSchema } from "./generated/recipe.js";
import { validate as validateRequestSchema } from "./generated/request.js";
import type { Recipe } from "./recipe.ts";
import type { RetrainRequest } from "./request.ts";
import { taskProblems } from "./task-rules.ts";

/** A request from anywhere, the Temporal UI's form included. */
export function validateRequest(value: unknown): Parsed<RetrainRequest> {
  return parseWith(validateRequestSchema, value);
}

/** A recipe, parsed from its YAML; defaults come filled in. */
export function validateRecipe(value: unknown): Parsed<Recipe> {
  const parsed = parseWith<Recipe>(validateRecipeSchema, value);
  if (!parsed.ok) return parsed;
  const problems = [...taskProblems(parsed.value), ...containerProblems(parsed.value)];
  return problems.length === 0 ? parsed : { ok: false, problems };
}
