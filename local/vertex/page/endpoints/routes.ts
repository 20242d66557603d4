import type { Route } from "../../../http/router.ts";
import type { PageContext } from "../context.ts";
import { page } from "../live.ts";
import { endpointView } from "./endpoint.ts";
import { endpointList } from "./list.ts";

/** Health and requests are in no store. */
const pulse = { pulse: 1000 };

export function endpointRoutes(context: PageContext): readonly Route[] {
  const name = "/projects/:project/locations/:location/endpoints/:id";
  return [
    page(context.store, "/endpoints", (_parameters, asked) => endpointList(context, asked), pulse),
    page(
      context.store,
      name,
      ({ project, location, id }) => endpointView(context, `projects/${project}/locations/${location}/endpoints/${id}`),
      pulse,
    ),
  ];
}
