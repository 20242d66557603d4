import type { Artifact, Context, Execution, MetadataResource } from "../../metadata/records.ts";
import { metadataStore } from "../../pipeline-jobs/artifacts.ts";
import type { ListFields } from "../../wire/list.ts";
import { idOf } from "../../wire/names.ts";
import { typeChip } from "../artifacts/artifact.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment } from "../format.ts";
import { type Html, html } from "../html.ts";
import { linkTo } from "../links.ts";
import type { Query } from "../live.ts";
import type { Column } from "../parts.ts";
import { resourceList } from "../resource-list.ts";
import { badge, lookOfAny } from "../state.ts";

const kinds = { artifacts: "Artifacts", executions: "Executions", contexts: "Contexts" } as const;
export type Kind = keyof typeof kinds;

/** What the metadata stores have of one kind. */
export function metadataList(context: PageContext, kind: Kind, asked: Query): View {
  const { metadata, pipelineJobs } = context;
  const stores = new Set([...metadata.stores(), ...pipelineJobs.list().map(({ name }) => metadataStore(name))]);
  const list = {
    path: `/metadata/${kind}`,
    title: kinds[kind],
    aside: tabs(kind),
    example: 'A name, or as in the API: schema_title="system.Model"',
    whenEmpty: html`Nothing yet. Each pipeline job leaves here what it took and made.`,
  };
  const all = <K extends Kind>(of: K) => [...stores].flatMap((store) => metadata.list(of, store));
  const main =
    kind === "artifacts"
      ? resourceList({ ...list, all: all(kind), fields, columns: artifactColumns, shortcuts: artifactTypes }, asked)
      : kind === "executions"
        ? resourceList({ ...list, all: all(kind), fields, columns: executionColumns, shortcuts: [] }, asked)
        : resourceList({ ...list, all: all(kind), fields, columns: contextColumns, shortcuts: contextTypes }, asked);
  return { title: kinds[kind], area: "metadata", layout: "list", main };
}

function tabs(chosen: Kind): Html {
  return html`<nav class="tabs" aria-label="Kind">${Object.entries(kinds).map(
    ([kind, title]) => html`<a href="/metadata/${kind}"${kind === chosen && html` aria-current="true"`}>${title}</a>`,
  )}</nav>`;
}

const named: Column<MetadataResource> = {
  title: "Name",
  cell: ({ name, displayName }) =>
    html`${linkTo(name, displayName || idOf(name))}<div class="minor">${idOf(name)}</div>`,
};
const created: Column<MetadataResource> = { title: "Created", cell: ({ createTime }) => moment(createTime) };

const artifactColumns: readonly Column<Artifact>[] = [
  { title: "Type", cell: typeChip },
  named,
  { title: "URI", cell: ({ uri }) => html`<span class="uri"><code>${uri}</code></span>` },
  created,
];

const executionColumns: readonly Column<Execution>[] = [
  { title: "State", cell: ({ state }) => stateBadge(state) },
  named,
  { title: "Type", cell: typeChip },
  created,
];

const contextColumns: readonly Column<Context>[] = [
  { title: "Type", cell: typeChip },
  named,
  { title: "In", cell: ({ parentContexts }) => parentContexts.map((parent) => html`<div>${linkTo(parent)}</div>`) },
  created,
];

const artifactTypes = [
  ["Models", 'schema_title="system.Model"'],
  ["Datasets", 'schema_title="system.Dataset"'],
  ["Metrics", 'schema_title="system.Metrics"'],
] as const;

const contextTypes = [
  ["Pipelines", 'schema_title="system.Pipeline"'],
  ["Runs", 'schema_title="system.PipelineRun"'],
  ["Experiments", 'schema_title="system.Experiment"'],
] as const;

export function stateBadge(state: string): Html {
  const look = lookOfAny(state);
  return look === null ? html`<span class="quiet">–</span>` : badge(look);
}

const fields: ListFields<MetadataResource & { readonly uri?: string; readonly state?: string }> = {
  name: ({ name }) => name,
  labels: ({ labels = {} }) => labels,
  metadata: ({ metadata }) => metadata,
  fields: {
    display_name: { kind: "text", of: ({ displayName, name }) => displayName || idOf(name) },
    schema_title: { kind: "text", of: ({ schemaTitle }) => schemaTitle },
    uri: { kind: "text", of: ({ uri }) => uri },
    state: { kind: "text", of: ({ state }) => state },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
  },
  orders: { create_time: ({ createTime }) => createTime },
  defaultOrder: "create_time desc",
};
