import type { Pass } from "../engine/phase.ts";
import { type Indexed, index, ngramOf, testSet } from "./index.ts";
import { mostExamples, type Searched, search } from "./search.ts";

/**
 * Keeps training rows aside that hold texts of the test split or of the recipe's evaluation sets: that share a run of
 * words with them, as the papers of GPT-3 (appendix C, https://arxiv.org/abs/2005.14165) and Llama 2 have it.
 */
export const contamination: Pass = {
  name: "contamination",
  at: "rows",
  phases: [index, search],
  drops: true,
  async statistics(work) {
    const texts = new Map([[testSet, 0]]);
    for (const { set, texts: more } of await work.outcomes<Indexed>(index))
      texts.set(set, (texts.get(set) ?? 0) + more);
    const searched = await work.outcomes<Searched>(search);
    const examples = searched
      .flatMap((one) => one.examples)
      .sort(
        (left, right) => right.share - left.share || (`${left.id} ${left.set}` < `${right.id} ${right.set}` ? -1 : 1),
      );
    return {
      contamination: {
        ngram: ngramOf(work.plan.recipe),
        share: work.plan.recipe.contamination?.share ?? 0,
        sets: [...texts].map(([name, count]) => ({
          name,
          texts: count,
          contaminated: searched.reduce((sum, { contaminated }) => sum + (contaminated[name] ?? 0), 0),
        })),
        removed: searched.reduce((sum, { removed }) => sum + removed, 0),
        examples: examples.slice(0, mostExamples).map(({ set, text, share }) => ({ set, text, share })),
      },
    };
  },
};
