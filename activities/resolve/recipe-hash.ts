import type { DataSource, Recipe } from "../../pipelines/retrain/recipe.ts";
import { digestOf } from "../digest.ts";

/**
 * Hash of what in a recipe can change the model or the decision on it. Left out is
 * - what the pins name more exactly: revisions, files, the container;
 * - how a run is paid for, watched and released: budget, capacity strategy, checkpoints, canary steps, replicas,
 *   cool-down, schedule, notices, publishing, the deadline of an approval (that one is asked for does count);
 * - words: name and description.
 */
export function recipeHash(recipe: Recipe): string {
  const { hardware, image: _image, checkpointEvery: _checkpointEvery, ...training } = recipe.train;
  const { strategy: _strategy, ...chips } = hardware;
  return digestOf({
    task: recipe.task,
    baseModel: recipe.model.base,
    data: dataNames(recipe.data),
    columns: recipe.columns,
    schema: recipe.schema,
    splits: recipe.splits,
    sampling: recipe.sampling ?? null,
    ...(recipe.nearDuplicates ? { nearDuplicates: recipe.nearDuplicates } : {}),
    ...(recipe.contamination ? { contamination: withoutRevisions(recipe.contamination) } : {}),
    training,
    hardware: chips,
    ...(recipe.evaluate ? { evaluate: recipe.evaluate } : {}),
    ...(recipe.serve ? { serve: recipe.serve } : {}),
    gate: recipe.gate,
    approval: recipe.approval !== undefined,
    endpoint: recipe.promote.endpoint,
  });
}

function dataNames(data: Recipe["data"]): unknown {
  if (data.source === "mix") {
    return data.sources.map((source) => ({ name: source.name, weight: source.weight, ...sourceNames(source) }));
  }
  return sourceNames(data);
}

function sourceNames(source: DataSource): { from: string; sql?: string } {
  const from = source.source === "hub" ? source.dataset : source.source;
  return { from, ...(source.sql === undefined ? {} : { sql: source.sql }) };
}

function withoutRevisions({ against, ...contamination }: NonNullable<Recipe["contamination"]>): object {
  return { ...contamination, against: against.map(({ revision: _, ...set }) => set) };
}
