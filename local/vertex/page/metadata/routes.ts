import { sendJson } from "../../../http/body.ts";
import { type Route, route } from "../../../http/router.ts";
import { redirect } from "../actions.ts";
import type { PageContext } from "../context.ts";
import type { Drawings } from "../graph/drawings.ts";
import { page } from "../live.ts";
import { artifactLineage, type Lineage, lineageOf } from "./lineage.ts";
import { type Kind, metadataList } from "./list.ts";
import { contextView, executionView } from "./resource.ts";

const store = "/projects/:project/locations/:location/metadataStores/:store";

interface Place {
  readonly project: string;
  readonly location: string;
  readonly store: string;
  readonly id: string;
}

const nameOf = (kind: Kind, { project, location, store: id, id: own }: Place) =>
  `projects/${project}/locations/${location}/metadataStores/${id}/${kind}/${own}`;

export function metadataRoutes(context: PageContext, drawings: Drawings): readonly Route[] {
  const { metadata } = context;
  const lineages: Readonly<Record<Kind, (name: string) => Lineage>> = {
    artifacts: (name) => artifactLineage(metadata, name),
    executions: (name) => lineageOf(metadata.executionSubgraph(name)),
    contexts: (name) => lineageOf(metadata.contextSubgraph(name)),
  };
  const kinds = ["artifacts", "executions", "contexts"] as const;
  return [
    route("GET|HEAD", "/metadata", (_parameters, { response }) => redirect(response, "/metadata/artifacts")),
    ...kinds.map((kind) =>
      page(context.store, `/metadata/${kind}`, (_parameters, asked) => metadataList(context, kind, asked)),
    ),
    page(context.store, `${store}/executions/:id`, (parameters) =>
      executionView(context, nameOf("executions", parameters)),
    ),
    page(context.store, `${store}/contexts/:id`, (parameters) => contextView(context, nameOf("contexts", parameters))),
    ...kinds.map((kind) =>
      route("GET", `${store}/${kind}/:id/lineage`, async (parameters, { response }) => {
        const name = nameOf(kind, parameters);
        sendJson(response, 200, await drawings.lineage(lineages[kind](name), name));
      }),
    ),
  ];
}
