import type { Context, Execution } from "../../metadata/records.ts";
import { idOf, locationOf } from "../../wire/names.ts";
import { typeChip } from "../artifacts/artifact.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo, pathOf, query } from "../links.ts";
import { facts, labels, section, values } from "../parts.ts";
import { lineageOf } from "./lineage.ts";
import { lineageSection } from "./lineage-view.ts";
import { stateBadge } from "./list.ts";

/** One execution: what it took and gave. */
export function executionView({ metadata, pipelineJobs }: PageContext, name: string): View {
  const execution = metadata.get("executions", name);
  const task = pipelineJobs
    .list(locationOf(name).name)
    .flatMap((job) => pipelineJobs.ledger(job.name).list())
    .find((candidate) => candidate.execution === name);
  const title = execution.displayName || idOf(name);
  const main = html`${heading("executions", execution, stateBadge(execution.state))}
${lineageSection(name, lineageOf(metadata.executionSubgraph(name)))}
${details(execution, [
  [
    "Task",
    task !== undefined &&
      html`<a href="${pathOf(task.job)}${query({ task: task.id })}">${task.uniqueName || "the pipeline"}</a> of ${linkTo(task.job)}`,
  ],
])}`;
  return { title, area: "metadata", layout: "list", main };
}

/** A context: a pipeline, a run of it, an experiment, and all that stands in it. */
export function contextView({ metadata }: PageContext, name: string): View {
  const context = metadata.get("contexts", name);
  const main = html`${heading("contexts", context, false)}
${lineageSection(name, lineageOf(metadata.contextSubgraph(name)))}
${details(context, [
  [
    "In",
    context.parentContexts.length > 0 && context.parentContexts.map((parent) => html`<div>${linkTo(parent)}</div>`),
  ],
])}`;
  return { title: context.displayName || idOf(name), area: "metadata", layout: "list", main };
}

function heading(kind: "executions" | "contexts", one: Execution | Context, state: Html | false): Html {
  const plural = kind === "executions" ? "Executions" : "Contexts";
  return html`<header class="subject run"><p class="crumbs"><a href="/metadata/${kind}">${plural}</a> / ${idOf(one.name)}</p>
<div class="headline"><h1>${one.displayName || idOf(one.name)}</h1>${state}${typeChip(one)}</div></header>`;
}

function details(one: Execution | Context, more: Parameters<typeof facts>[0]): Html {
  return html`${Object.keys(one.metadata).length > 0 && section("Metadata", values("Metadata", one.metadata))}
${section(
  "Details",
  facts([
    ...more,
    ["Description", one.description],
    ["Labels", labels(one.labels)],
    ["Created", moment(one.createTime)],
    ["Updated", moment(one.updateTime)],
    ["Name", html`<code>${one.name}</code>`],
  ]),
)}`;
}
