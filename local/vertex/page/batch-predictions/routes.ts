import { type Route, route } from "../../../http/router.ts";
import { notFound } from "../../wire/errors.ts";
import { actionRoute } from "../actions.ts";
import { sendContent } from "../artifacts/routes.ts";
import type { PageContext } from "../context.ts";
import { nameIn, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { batchPredictionJobView, outputOf } from "./batch-prediction.ts";
import { batchPredictionJobList } from "./list.ts";

const collection = "batchPredictionJobs";

export function batchPredictionRoutes(context: PageContext): readonly Route[] {
  const { store, batchPredictions } = context;
  const template = templateOf(collection);
  return [
    page(store, `/${collection}`, (_parameters, asked) => batchPredictionJobList(context, asked)),
    page(store, template, (parameters, asked) =>
      batchPredictionJobView(context, nameIn(collection, parameters), asked),
    ),
    route("GET", `${template}/content`, (parameters, exchange) => {
      const name = nameIn(collection, parameters);
      const output = outputOf(batchPredictions.jobs.get(name));
      if (output === null) throw notFound("Output", name);
      return sendContent(context, output, exchange);
    }),
    actionRoute(collection, { cancel: (name) => batchPredictions.jobs.cancel(name) }),
  ];
}
