import { status } from "@grpc/grpc-js";
import { isRequestForm } from "../../pipelines/promote/serve.ts";
import type { Champion } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import { warn } from "../progress.ts";
import { toEndpointState } from "./endpoint-state.ts";
import { championAlias, recipeLabel, releaseLabel, requestsLabel } from "./labels.ts";
import { endpointPath, modelPath, withVersion } from "./names.ts";
import { hasStatus } from "./status.ts";

/**
 * The model that serves at an endpoint: the one that gets most of its traffic.
 * The registry's alias should name the same version. Where they disagree the endpoint is right, because that is what
 * users get, and the log says so; a version that only has the alias and no traffic is no champion.
 */
export async function findChampion(clients: Clients, endpoint: string): Promise<Champion | null> {
  const serving = await servingVersion(clients, endpoint);
  if (serving === null) return null;
  const aliased = await versionWithAlias(clients, endpoint);
  if (aliased !== serving)
    warn("the champion's alias is not on the version that serves", { endpoint, serving, aliased });
  const models = await clients.vertex.models();
  const [model] = await models.getModel({ name: serving });
  if (!model.artifactUri) {
    warn("the serving model has no files of its own and cannot be compared with", { endpoint, serving });
    return null;
  }
  // A model that was promoted by itself has a release, but no recipe.
  const madeByRun = model.labels?.[recipeLabel] === undefined ? null : model.labels[releaseLabel];
  const requests = model.labels?.[requestsLabel];
  return {
    modelVersion: serving,
    artifactUri: model.artifactUri,
    ...(isRequestForm(requests) && { requests }),
    runId: madeByRun ?? null,
  };
}

async function servingVersion(clients: Clients, endpoint: string): Promise<string | null> {
  const endpoints = await clients.vertex.endpoints();
  try {
    const [found] = await endpoints.getEndpoint({ name: endpointPath(clients.environment, endpoint) });
    const { deployed, traffic } = toEndpointState(found);
    const [most] = deployed
      .filter(({ id }) => (traffic[id] ?? 0) > 0)
      .sort((left, right) => (traffic[right.id] ?? 0) - (traffic[left.id] ?? 0));
    return most?.modelVersion ?? null;
  } catch (error) {
    if (hasStatus(error, status.NOT_FOUND)) return null;
    throw error;
  }
}

async function versionWithAlias(clients: Clients, model: string): Promise<string | null> {
  const models = await clients.vertex.models();
  const path = modelPath(clients.environment, model);
  try {
    const [found] = await models.getModel({ name: withVersion(path, championAlias) });
    return withVersion(path, found.versionId ?? "");
  } catch (error) {
    if (hasStatus(error, status.NOT_FOUND)) return null;
    throw error;
  }
}
