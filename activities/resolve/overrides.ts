import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { RetrainRequest } from "../../pipelines/retrain/request.ts";
import { UserError } from "../errors.ts";

/** The recipe as this request wants it. Throws `InvalidRequest` for an override that has nothing to override. */
export function applyOverrides(recipe: Recipe, request: RetrainRequest): Recipe {
  const { data } = recipe;
  if (request.dataRevision !== undefined && data.source !== "hub") {
    throw new UserError("InvalidRequest", "the request cannot be met", [
      { path: "dataRevision", message: `the data of ${recipe.name} is a local file, which has no revisions` },
    ]);
  }
  const { approval, ...rest } = recipe;
  const asked = request.approval ?? approval !== undefined;
  return {
    ...rest,
    data:
      data.source === "hub" && request.dataRevision !== undefined ? { ...data, revision: request.dataRevision } : data,
    model: request.modelRevision === undefined ? recipe.model : { ...recipe.model, revision: request.modelRevision },
    train: { ...recipe.train, ...request.train },
    ...(asked ? { approval: approval ?? { deadline: "24h" } } : {}),
  };
}
