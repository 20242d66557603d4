import { type Route, route } from "../../../http/router.ts";
import { isFinal } from "../../custom-jobs/records.ts";
import { VertexError } from "../../wire/errors.ts";
import { actionRoute } from "../actions.ts";
import type { PageContext } from "../context.ts";
import { nameIn, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { answerLog } from "../logs/routes.ts";
import { customJobView } from "./custom-job.ts";
import { customJobList } from "./list.ts";

const collection = "customJobs";
const job = templateOf(collection);

export function customJobRoutes(context: PageContext): readonly Route[] {
  const { store, customJobs } = context;
  return [
    page(store, "/customJobs", (_parameters, asked) => customJobList(context, asked)),
    page(store, job, (parameters, asked) => customJobView(context, nameIn(collection, parameters), asked)),
    route("GET", `${job}/log`, async (parameters, exchange) => {
      const name = nameIn(collection, parameters);
      const replica = customJobs.get(name).replicas[Number(exchange.query.get("replica") ?? 0)];
      if (replica === undefined) throw new VertexError("NOT_FOUND", `${name} has no such replica.`);
      const folders = customJobs.processFolders(name, replica);
      await answerLog(exchange, folders, () => !isFinal(customJobs.get(name).state));
    }),
    actionRoute(collection, { cancel: (name) => customJobs.cancel(name) }),
  ];
}
