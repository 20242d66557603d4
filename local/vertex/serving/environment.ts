import type { DeployedModelRecord } from "../endpoints/records.ts";
import type { ModelVersionRecord } from "../models/records.ts";
import { idOf, locationOf } from "../wire/names.ts";

/** What a model's container is started with. */
export interface ServerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthRoute: string;
  readonly predictRoute: string;
}

/**
 * The contract of a custom container
 * (https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements), but for the port: every replica
 * on this machine needs its own, so the container must listen on AIP_HTTP_PORT, whatever its spec says.
 */
export function serverSpec(
  endpoint: string,
  deployed: DeployedModelRecord,
  version: ModelVersionRecord,
  port: number,
): ServerSpec {
  const { containerSpec = {}, artifactUri = "" } = version.message;
  const { project, location } = locationOf(endpoint);
  const route = `/v1/endpoints/${idOf(endpoint)}/deployedModels/${deployed.id}`;
  const healthRoute = containerSpec.healthRoute || route;
  const predictRoute = containerSpec.predictRoute || `${route}:predict`;
  const environment: Record<string, string> = {
    AIP_MODE: "PREDICTION",
    AIP_MODE_VERSION: "1.0.0",
    AIP_HTTP_PORT: String(port),
    AIP_HEALTH_ROUTE: healthRoute,
    AIP_PREDICT_ROUTE: predictRoute,
    AIP_STORAGE_URI: artifactUri,
    AIP_PROJECT_NUMBER: project,
    AIP_REGION: location,
    AIP_ENDPOINT_ID: idOf(endpoint),
    AIP_DEPLOYED_MODEL_ID: deployed.id,
    AIP_MODEL_NAME: idOf(version.model),
    AIP_VERSION_NAME: version.versionId,
    AIP_MACHINE_TYPE: deployed.message.dedicatedResources?.machineSpec?.machineType ?? "",
  };
  for (const { name = "", value = "" } of containerSpec.env ?? []) environment[name] = expand(value, environment);
  return {
    image: containerSpec.imageUri ?? "",
    command: (containerSpec.command ?? []).map((text) => expand(text, environment)),
    args: (containerSpec.args ?? []).map((text) => expand(text, environment)),
    environment,
    healthRoute,
    predictRoute,
  };
}

/** `$(NAME)` becomes the variable, an unknown one stays, and `$$(NAME)` is the text `$(NAME)`. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$?\$\((\w+)\)/g, (whole, name: string) =>
    whole.startsWith("$$") ? whole.slice(1) : (environment[name] ?? whole),
  );
}
