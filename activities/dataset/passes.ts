import { chat } from "./chat/pass.ts";
import { contamination } from "./contamination/pass.ts";
import type { Pass } from "./engine/phase.ts";
import { nearDuplicates } from "./near-duplicates/pass.ts";
import type { Plan } from "./plan.ts";
import { reportPass } from "./report/pass.ts";
import { textStatistics } from "./text-statistics/pass.ts";

/** What the plan asks for beside the common path, in the order in which it is done. */
export function passesOf({ recipe, passes }: Plan): Pass[] {
  return [
    ...(recipe.task === "causal-lm" && passes.baseModel !== undefined ? [chat] : []),
    ...(recipe.nearDuplicates === undefined ? [] : [nearDuplicates]),
    ...(recipe.contamination === undefined ? [] : [contamination]),
    textStatistics,
    reportPass,
  ];
}
