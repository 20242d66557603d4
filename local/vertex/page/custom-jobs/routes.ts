import { type Route, route } from "../../../http/router.ts";
import { isFinal } from "../../custom-jobs/records.ts";
import { VertexError } from "../../wire/errors.ts";
import type { PageContext } from "../context.ts";
import { pathOf } from "../links.ts";
import { page } from "../live.ts";
import { answerLog } from "../logs/routes.ts";
import { cancelled, redirect } from "../pipeline-jobs/routes.ts";
import { customJobView } from "./custom-job.ts";
import { customJobList } from "./list.ts";

const job = "/projects/:project/locations/:location/customJobs/:id";

export function customJobRoutes(context: PageContext): readonly Route[] {
  const { store, customJobs } = context;
  return [
    page(store, "/customJobs", (_parameters, asked) => customJobList(context, asked)),
    page(store, job, (parameters, asked) => customJobView(context, nameOf(parameters), asked)),
    route("GET", `${job}/log`, async (parameters, exchange) => {
      const name = nameOf(parameters);
      const replica = customJobs.get(name).replicas[Number(exchange.query.get("replica") ?? 0)];
      if (replica === undefined) throw new VertexError("NOT_FOUND", `${name} has no such replica.`);
      const folders = customJobs.processFolders(name, replica);
      await answerLog(exchange, folders, () => !isFinal(customJobs.get(name).state));
    }),
    route("POST", job, (parameters, { response }) => {
      const name = nameOf({ ...parameters, id: cancelled(parameters.id) });
      customJobs.cancel(name);
      redirect(response, pathOf(name));
    }),
  ];
}

function nameOf({ project, location, id }: Readonly<Record<"project" | "location" | "id", string>>): string {
  return `projects/${project}/locations/${location}/customJobs/${id}`;
}
