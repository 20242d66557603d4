import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import { validatePromoteRequest } from "../../pipelines/promote/validate.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { mirrorModel } from "../hub/mirror.ts";
import { whileAlive } from "../progress.ts";
import { createEndpointActivities } from "./endpoints.ts";
import { createModelActivities } from "./models.ts";
import { createProbeActivities } from "./probe.ts";
import { createSampleActivities } from "./sample-instances.ts";
import { createSmokeTestActivities } from "./smoke-test.ts";

export function createPromoteActivities(clients: Clients): PromoteActivities {
  return {
    ...createModelActivities(clients),
    ...createEndpointActivities(clients),
    ...createSmokeTestActivities(clients),
    ...createProbeActivities(clients),
    ...createSampleActivities(clients),

    async parsePromoteRequest({ request }) {
      const parsed = validatePromoteRequest(request);
      if (!parsed.ok) throw new UserError("InvalidRequest", "the request breaks its schema", parsed.problems);
      const { serve } = parsed.value;
      const ofServe = serve !== undefined && serve.container !== "trainer" ? serve.image : undefined;
      const image = ofServe ?? parsed.value.image ?? clients.environment.trainerImage;
      return { ...parsed.value, image: await clients.registry.pin(image) };
    },

    mirrorHubModel({ repo, revision }) {
      let step = `looking for ${repo}`;
      return whileAlive(
        () => step,
        async () => {
          const pinned = await clients.hub.pin("model", repo, revision);
          const artifactUri = await mirrorModel(clients, pinned, (next) => {
            step = next;
          });
          return { artifactUri, revision: pinned.revision };
        },
      );
    },
  };
}
