import { sendJson } from "../../../http/body.ts";
import type { Exchange } from "../../../http/router.ts";
import { type Route, route } from "../../../http/router.ts";
import { isFinal, type TaskRecord } from "../../pipeline-jobs/records.ts";
import { VertexError } from "../../wire/errors.ts";
import type { PageContext } from "../context.ts";
import type { Drawings } from "../graph/drawings.ts";
import { pathOf } from "../links.ts";
import { page } from "../live.ts";
import { answerLog } from "../logs/routes.ts";
import { pipelineJobView } from "./job.ts";
import { pipelineJobList } from "./list.ts";
import { drawingOf } from "./picture.ts";

const job = "/projects/:project/locations/:location/pipelineJobs/:id";

interface JobParameters {
  readonly project: string;
  readonly location: string;
  readonly id: string;
}

export function pipelineJobRoutes(context: PageContext, drawings: Drawings): readonly Route[] {
  const { store, pipelineJobs } = context;
  return [
    route("GET|HEAD", "/", (_parameters, { response }) => redirect(response, "/pipelineJobs")),
    page(store, "/pipelineJobs", (_parameters, asked) => pipelineJobList(context, asked)),
    page(store, job, (parameters, asked) => pipelineJobView(context, nameOf(parameters), asked)),
    route("GET", `${job}/picture`, async (parameters, { response }) => {
      const name = nameOf(parameters);
      pipelineJobs.get(name);
      sendJson(response, 200, await drawingOf(drawings, pipelineJobs.spec(name)));
    }),
    route("GET", `${job}/tasks/:task/log`, async (parameters, exchange) => {
      const name = nameOf(parameters);
      pipelineJobs.get(name);
      const find = () => taskById(context, name, parameters.task);
      const folders = pipelineJobs.processFolders(find());
      await answerLog(exchange, folders, () => !isFinal(find().state));
    }),
    route("POST", job, (parameters, { response }) => {
      const name = nameOf({ ...parameters, id: cancelled(parameters.id) });
      pipelineJobs.cancel(name);
      redirect(response, pathOf(name));
    }),
    // Links of the Google Cloud console, with this page's address in the place of the console's.
    route("GET", "/vertex-ai/pipelines/locations/:location/runs/:id", consoleLink),
    route("GET", "/vertex-ai/locations/:location/pipelines/runs/:id", consoleLink),
  ];
}

function nameOf({ project, location, id }: JobParameters): string {
  return `projects/${project}/locations/${location}/pipelineJobs/${id}`;
}

/** `ID:cancel`, as in the API. */
export function cancelled(text: string): string {
  if (!text.endsWith(":cancel")) throw new VertexError("NOT_FOUND", `There is nothing to do at ${text}.`);
  return text.slice(0, -":cancel".length);
}

export function redirect(response: Exchange["response"], path: string): void {
  response.writeHead(303, { location: path }).end();
}

function consoleLink(
  { location, id }: { readonly location: string; readonly id: string },
  { response, query }: Exchange,
): void {
  redirect(response, pathOf(nameOf({ project: query.get("project") ?? "", location, id })));
}

function taskById({ pipelineJobs }: PageContext, name: string, id: string): TaskRecord {
  const task = pipelineJobs
    .ledger(name)
    .list()
    .find((candidate) => candidate.id === id);
  if (task === undefined) throw new VertexError("NOT_FOUND", `${name} has no task ${id}.`);
  return task;
}
