import { sendJson } from "../../../http/body.ts";
import type { Exchange } from "../../../http/router.ts";
import { type Route, route } from "../../../http/router.ts";
import { isFinal, type TaskRecord } from "../../pipeline-jobs/records.ts";
import { VertexError } from "../../wire/errors.ts";
import { actionRoute, redirect } from "../actions.ts";
import type { PageContext } from "../context.ts";
import type { Drawings } from "../graph/drawings.ts";
import { nameIn, pathOf, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { answerLog } from "../logs/routes.ts";
import { pipelineJobView } from "./job.ts";
import { pipelineJobList } from "./list.ts";

const collection = "pipelineJobs";
const job = templateOf(collection);

export function pipelineJobRoutes(context: PageContext, drawings: Drawings): readonly Route[] {
  const { store, pipelineJobs } = context;
  return [
    route("GET|HEAD", "/", (_parameters, { response }) => redirect(response, "/pipelineJobs")),
    page(store, "/pipelineJobs", (_parameters, asked) => pipelineJobList(context, asked)),
    page(store, job, (parameters, asked) => pipelineJobView(context, nameIn(collection, parameters), asked)),
    route("GET", `${job}/picture`, async (parameters, { response, query }) => {
      const name = nameIn(collection, parameters);
      pipelineJobs.get(name);
      sendJson(response, 200, await drawings.pipeline(pipelineJobs.spec(name), query.getAll("closed")));
    }),
    route("GET", `${job}/tasks/:task/log`, async (parameters, exchange) => {
      const name = nameIn(collection, parameters);
      pipelineJobs.get(name);
      const find = () => taskById(context, name, parameters.task);
      const folders = pipelineJobs.processFolders(find());
      await answerLog(exchange, folders, () => !isFinal(find().state));
    }),
    actionRoute(collection, { cancel: (name) => pipelineJobs.cancel(name) }),
    // Links of the Google Cloud console, with this page's address in the place of the console's.
    route("GET", "/vertex-ai/pipelines/locations/:location/runs/:id", consoleLink),
    route("GET", "/vertex-ai/locations/:location/pipelines/runs/:id", consoleLink),
  ];
}

function consoleLink(
  { location, id }: { readonly location: string; readonly id: string },
  { response, query }: Exchange,
): void {
  redirect(response, pathOf(nameIn(collection, { project: query.get("project") ?? "", location, id })));
}

function taskById({ pipelineJobs }: PageContext, name: string, id: string): TaskRecord {
  const task = pipelineJobs
    .ledger(name)
    .list()
    .find((candidate) => candidate.id === id);
  if (task === undefined) throw new VertexError("NOT_FOUND", `${name} has no task ${id}.`);
  return task;
}
