import type { Route } from "../../../http/router.ts";
import { actionRoute } from "../actions.ts";
import type { PageContext } from "../context.ts";
import { nameIn, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { tuningJobList } from "./list.ts";
import { tuningJobView } from "./tuning-job.ts";

const collection = "hyperparameterTuningJobs";

export function tuningRoutes(context: PageContext): readonly Route[] {
  const { store, tunings } = context;
  return [
    page(store, `/${collection}`, (_parameters, asked) => tuningJobList(context, asked)),
    page(store, templateOf(collection), (parameters, asked) =>
      tuningJobView(context, nameIn(collection, parameters), asked),
    ),
    actionRoute(collection, { cancel: (name) => tunings.jobs.cancel(name) }),
  ];
}
