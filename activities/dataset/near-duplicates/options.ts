import type { Plan, PlannedRecipe } from "../plan.ts";
import { type Bands, bandsFor } from "./bands.ts";

export interface NearDuplicateOptions extends Bands {
  /** The Jaccard index from which on two texts are near duplicates. */
  readonly threshold: number;
  /** Words a shingle. */
  readonly shingle: number;
}

/** Throws where the plan asks for no near duplicates: then there is no such pass. */
export function optionsOf({ recipe: { nearDuplicates } }: Plan): NearDuplicateOptions {
  if (nearDuplicates === undefined) throw new Error("the plan has no near duplicates");
  const { threshold, shingle, permutations } = nearDuplicates;
  return { threshold, shingle, ...bandsFor(threshold, permutations) };
}

/**
 * What of a row is held against others, as SQL: of a conversation what is said in it, without system messages, which
 * many conversations share, and without the marks of a chat template.
 */
export function comparedText({ task }: PlannedRecipe): string {
  if (task !== "causal-lm") return "text";
  const messages = `from_json(messages, '[{"role": "VARCHAR", "content": "VARCHAR"}]')`;
  const said = `list_filter(${messages}, one -> one.role NOT IN ('system', 'developer'))`;
  return `array_to_string(list_transform(${said}, one -> coalesce(one.content, '')), chr(10))`;
}
