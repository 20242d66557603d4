import type { ModelVersionRecord } from "../../models/records.ts";
import { modelFields } from "../../models/service.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { counted, moment } from "../format.ts";
import { html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import { type Column, labels } from "../parts.ts";
import { resourceList } from "../resource-list.ts";

export function modelList({ models, endpoints }: PageContext, asked: Query): View {
  const columns: readonly Column<ModelVersionRecord>[] = [
    {
      title: "Model",
      cell: ({ model, message }) =>
        html`${linkTo(model, message.displayName ?? idOf(model))}<div class="minor">${idOf(model)}</div>`,
    },
    {
      title: "Versions",
      cell: ({ model, versionId }) =>
        html`${counted(models.versions(model).length, "version")}<div class="minor">default: ${versionId}</div>`,
    },
    {
      title: "Deployed to",
      cell: ({ model }) => endpoints.deploymentsOf(model).map(({ endpoint }) => html`<div>${linkTo(endpoint)}</div>`),
    },
    { title: "Labels", cell: ({ message }) => labels(message.labels) },
    { title: "Updated", cell: ({ updateTime }) => moment(updateTime) },
  ];
  const main = resourceList(
    {
      path: "/models",
      title: "Models",
      all: models.list(),
      fields: modelFields,
      columns,
      shortcuts: [],
      example: 'A name, or as in the API: labels.team="search"',
      whenEmpty: html`No model yet. A pipeline uploads one, or any client with ModelService.`,
    },
    asked,
  );
  return { title: "Models", area: "models", layout: "list", main };
}
