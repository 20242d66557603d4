import { sendJson } from "./http/body.ts";
import { type Route, route } from "./http/router.ts";
import type { Growth } from "./seed/dataset.ts";

/** What one can do to this machine's cloud besides using it. */
export interface AdminActions {
  /** `POST /__admin/grow`: the seeded data set's second revision arrives. Answers with a {@link Growth}. */
  grow(): Promise<Growth>;
}

export function adminRoutes(actions: AdminActions): readonly Route[] {
  return [route("POST", "/__admin/grow", async (_, { response }) => sendJson(response, 200, await actions.grow()))];
}
