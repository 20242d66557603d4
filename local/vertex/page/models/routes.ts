import type { Route } from "../../../http/router.ts";
import type { PageContext } from "../context.ts";
import { nameIn, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { evaluationView } from "./evaluation.ts";
import { modelList } from "./list.ts";
import { modelView } from "./model.ts";

const collection = "models";

export function modelRoutes(context: PageContext): readonly Route[] {
  const template = templateOf(collection);
  return [
    page(context.store, "/models", (_parameters, asked) => modelList(context, asked)),
    page(context.store, template, (parameters) => modelView(context, nameIn(collection, parameters))),
    page(context.store, `${template}/evaluations/:evaluation`, (parameters) => {
      const model = nameIn(collection, parameters);
      return evaluationView(context, model, `${model}/evaluations/${parameters.evaluation}`);
    }),
  ];
}
