import type { EndpointRecord } from "../../endpoints/records.ts";
import { endpointFields } from "../../endpoints/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment } from "../format.ts";
import { html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import { type Column, labels } from "../parts.ts";
import { resourceList } from "../resource-list.ts";
import { splitBar } from "./split.ts";

export function endpointList({ endpoints }: PageContext, asked: Query): View {
  const columns: readonly Column<EndpointRecord>[] = [
    {
      title: "Endpoint",
      cell: ({ name, message }) =>
        html`${linkTo(name, message.displayName || idOf(name))}<div class="minor">${idOf(name)}</div>`,
    },
    { title: "Traffic", cell: splitBar },
    {
      title: "Deployed models",
      cell: ({ deployedModels, trafficSplit }) =>
        deployedModels.map(
          ({ id, model, modelVersionId }) =>
            html`<div>${linkTo(model, `${idOf(model)}@${modelVersionId}`)} <span class="quiet">${trafficSplit[id] ?? 0} %</span></div>`,
        ),
    },
    { title: "Labels", cell: ({ message }) => labels(message.labels) },
    { title: "Updated", cell: ({ updateTime }) => moment(updateTime) },
  ];
  const main = resourceList(
    {
      path: "/endpoints",
      title: "Endpoints",
      all: endpoints.list(),
      fields: endpointFields,
      columns,
      shortcuts: [],
      example: 'A name, or as in the API: labels.team="search"',
      whenEmpty: html`No endpoint yet. A pipeline makes one, or any client with EndpointService.`,
    },
    asked,
  );
  return { title: "Endpoints", area: "endpoints", layout: "list", main };
}
