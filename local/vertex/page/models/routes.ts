import type { Route } from "../../../http/router.ts";
import type { PageContext } from "../context.ts";
import { page } from "../live.ts";
import { modelList } from "./list.ts";
import { modelView } from "./model.ts";

export function modelRoutes(context: PageContext): readonly Route[] {
  return [
    page(context.store, "/models", (_parameters, asked) => modelList(context, asked)),
    page(context.store, "/projects/:project/locations/:location/models/:id", ({ project, location, id }) =>
      modelView(context, `projects/${project}/locations/${location}/models/${id}`),
    ),
  ];
}
