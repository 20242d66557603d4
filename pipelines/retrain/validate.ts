import { type Parsed, parseWith } from "../schema/parse.ts";
import { validate as validateRecipeSchema } from "./generated/recipe.js";
import { validate as validateRequestSchema } from "./generated/request.js";
import type { Recipe } from "./recipe.ts";
import type { RetrainRequest } from "./request.ts";

/** A request from anywhere, the Temporal UI's form included. */
export function validateRequest(value: unknown): Parsed<RetrainRequest> {
  return parseWith(validateRequestSchema, value);
}

/** A recipe, parsed from its YAML; defaults come filled in. */
export function validateRecipe(value: unknown): Parsed<Recipe> {
  return parseWith(validateRecipeSchema, value);
}
