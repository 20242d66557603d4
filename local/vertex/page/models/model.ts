import type { ModelVersionRecord } from "../../models/records.ts";
import { idOf } from "../../wire/names.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment } from "../format.ts";
import { html } from "../html.ts";
import { linkTo } from "../links.ts";
import { type Column, facts, labels, section, table } from "../parts.ts";
import { evaluationTable } from "./evaluation.ts";

export function modelView({ models, endpoints, evaluations }: PageContext, asked: string): View {
  const standard = models.get(asked);
  const { model: name, message } = standard;
  const { displayName = idOf(name), description, containerSpec } = message;
  const columns: readonly Column<ModelVersionRecord>[] = [
    { title: "Version", cell: ({ versionId }) => html`<strong>${versionId}</strong>` },
    {
      title: "Aliases",
      cell: ({ aliases }) =>
        html`<span class="labels">${aliases.map((alias) => html`<span class="label">${alias}</span>`)}</span>`,
    },
    { title: "Artifact", cell: (version) => html`<code>${version.message.artifactUri ?? ""}</code>` },
    { title: "Description", cell: (version) => version.message.versionDescription },
    {
      title: "Deployed to",
      cell: ({ model, versionId }) =>
        endpoints.deploymentsOf(model, versionId).map(({ endpoint }) => html`<div>${linkTo(endpoint)}</div>`),
    },
    { title: "Created", cell: ({ createTime }) => moment(createTime) },
  ];
  const versions = models.versions(name).toReversed();
  const evaluated = versions.flatMap(({ versionId }) =>
    evaluations.list(`${name}@${versionId}`).map((evaluation) => [versionId, evaluation] as const),
  );
  const main = html`<header class="subject"><p class="crumbs"><a href="/models">Models</a> / ${idOf(name)}</p><h1>${displayName}</h1></header>
${section("Versions", table("Versions", columns, versions))}
${evaluated.length > 0 && section("Evaluations", evaluationTable(evaluated))}
${section(
  "Model",
  facts([
    ["Name", html`<code>${name}</code>`],
    ["Description", description],
    ["Labels", labels(message.labels)],
    ["Container", containerSpec?.imageUri && html`<code>${containerSpec.imageUri}</code>`],
    ["Predict route", containerSpec?.predictRoute && html`<code>${containerSpec.predictRoute}</code>`],
    ["Health route", containerSpec?.healthRoute && html`<code>${containerSpec.healthRoute}</code>`],
    ["Created", moment(models.createTimeOf(name))],
  ]),
)}`;
  return { title: displayName, area: "models", layout: "list", main };
}
