import { type DeployedModelRecord, type EndpointRecord, replicaCount } from "../../endpoints/records.ts";
import { isError, type RequestLog, type RequestRecord } from "../../serving/request-log.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { milliseconds, moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo } from "../links.ts";
import { type Column, empty, facts, labels, section, table } from "../parts.ts";
import { splitBar, toneOf } from "./split.ts";

const mostRequests = 50;

/** A deployed model with what it has been asked. */
interface Deployed {
  readonly record: DeployedModelRecord;
  readonly log: RequestLog | null;
}

export function endpointView({ endpoints }: PageContext, name: string): View {
  const endpoint = endpoints.get(name);
  const { displayName = "", description, labels: given } = endpoint.message;
  const title = displayName || idOf(name);
  const deployed = endpoint.deployedModels.map((record) => ({ record, log: endpoints.requests(name, record.id) }));
  const main = html`<header class="subject"><p class="crumbs"><a href="/endpoints">Endpoints</a> / ${idOf(name)}</p><h1>${title}</h1></header>
${section("Traffic", html`<div class="traffic">${splitBar(endpoint)}<ul class="legend">${endpoint.deployedModels.map((one) => legend(endpoint, one))}</ul></div>`)}
${section(
  "Deployed models",
  deployed.length === 0
    ? empty("No model is deployed here.")
    : table(
        "Deployed models",
        columnsOf((id) => endpoints.availableReplicas(name, id)),
        deployed,
      ),
)}
${section("Recent requests", requests(endpoint, deployed))}
${section(
  "Endpoint",
  facts([
    ["Name", html`<code>${name}</code>`],
    ["Description", description],
    ["Labels", labels(given)],
    ["Created", moment(endpoint.createTime)],
    ["Updated", moment(endpoint.updateTime)],
  ]),
)}`;
  return { title, area: "endpoints", layout: "list", main };
}

function legend(endpoint: EndpointRecord, deployed: DeployedModelRecord): Html {
  return html`<li>${versionOf(endpoint, deployed)} <strong>${endpoint.trafficSplit[deployed.id] ?? 0} %</strong></li>`;
}

function columnsOf(available: (id: string) => number): readonly Column<Deployed>[] {
  return [
    {
      title: "Model",
      cell: ({ record: { id, model, modelVersionId } }) =>
        html`${linkTo(model, `${idOf(model)}@${modelVersionId}`)}<div class="minor">${id}</div>`,
    },
    { title: "Replicas", cell: ({ record }) => replicas(available(record.id), replicaCount(record.message)) },
    { title: "Machine", cell: ({ record: { message } }) => message.dedicatedResources?.machineSpec?.machineType },
    { title: "Requests", numeric: true, cell: ({ log }) => log?.count ?? 0 },
    {
      title: "Errors",
      numeric: true,
      cell: ({ log }) => (log === null || log.errors === 0 ? "0" : html`<span class="bad">${log.errors}</span>`),
    },
    { title: "Median", numeric: true, cell: ({ log }) => latency(log, 0.5) },
    { title: "95 %", numeric: true, cell: ({ log }) => latency(log, 0.95) },
    { title: "Slowest", numeric: true, cell: ({ log }) => latency(log, 1) },
    { title: "Deployed", cell: ({ record }) => moment(record.createTime) },
  ];
}

function replicas(available: number, wanted: number): Html {
  const look = available >= wanted ? "look-succeeded" : available === 0 ? "look-failed" : "look-running";
  return html`<span class="count ${look}">${available} of ${wanted} healthy</span>`;
}

function latency(log: RequestLog | null, part: number): string {
  const value = log?.latency(part);
  return value === undefined ? "–" : milliseconds(value);
}

function requests(endpoint: EndpointRecord, deployed: readonly Deployed[]): Html {
  const all = deployed
    .flatMap(({ record, log }) => (log?.recent(mostRequests) ?? []).map((request) => ({ record, request })))
    .sort((a, b) => b.request.time - a.request.time)
    .slice(0, mostRequests);
  if (all.length === 0) return empty("Nothing was asked since the server started.");
  const columns: readonly Column<{ readonly record: DeployedModelRecord; readonly request: RequestRecord }>[] = [
    { title: "Time", cell: ({ request }) => moment(request.time) },
    { title: "Answered by", cell: ({ record }) => versionOf(endpoint, record) },
    {
      title: "Status",
      cell: ({ request }) =>
        isError(request) ? html`<span class="bad">${request.status ?? "no answer"}</span>` : request.status,
    },
    { title: "Latency", numeric: true, cell: ({ request }) => milliseconds(request.milliseconds) },
  ];
  return table("Recent requests", columns, all);
}

function versionOf(endpoint: EndpointRecord, { id, model, modelVersionId }: DeployedModelRecord): Html {
  return html`${key(endpoint, id)} ${idOf(model)}@${modelVersionId}`;
}

function key(endpoint: EndpointRecord, id: string): Html {
  return html`<svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-${toneOf(endpoint, id)}" width="10" height="10" rx="2"/></svg>`;
}
