import type { DeployedModelRecord } from "../endpoints/records.ts";
import type { ModelMessage, ModelVersionRecord } from "../models/records.ts";
import { idOf, type Location, locationOf } from "../wire/names.ts";

/** What a model's container is started with. */
export interface ServerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthRoute: string;
  readonly predictRoute: string;
  /** Whether it takes gRPC. */
  readonly grpc: boolean;
}

/** Where one server listens on this machine. */
export interface ServerPorts {
  readonly http: number;
  readonly grpc: number;
}

/** Where a model server stands, as Vertex tells it. */
export interface ServerPlace {
  readonly location: Location;
  readonly endpointId: string;
  readonly deployedModelId: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly machineType: string;
}

/** The server of a deployed model. */
export function serverSpec(
  endpoint: string,
  deployed: DeployedModelRecord,
  version: ModelVersionRecord,
  ports: ServerPorts,
): ServerSpec {
  const place = {
    location: locationOf(endpoint),
    endpointId: idOf(endpoint),
    deployedModelId: deployed.id,
    modelId: idOf(version.model),
    versionId: version.versionId,
    machineType: deployed.message.dedicatedResources?.machineSpec?.machineType ?? "",
  };
  return modelServerSpec(version.message, place, ports);
}

/**
 * The contract of a custom container
 * (https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements), but for the ports: every
 * replica on this machine needs its own, so the container must listen on AIP_HTTP_PORT, whatever its spec says, and for
 * gRPC, where its spec has `grpcPorts`, on AIP_GRPC_PORT, which Vertex doesn't have.
 */
export function modelServerSpec(
  { containerSpec = {}, artifactUri = "" }: Pick<ModelMessage, "containerSpec" | "artifactUri">,
  place: ServerPlace,
  ports: ServerPorts,
): ServerSpec {
  const route = `/v1/endpoints/${place.endpointId}/deployedModels/${place.deployedModelId}`;
  const healthRoute = containerSpec.healthRoute || route;
  const predictRoute = containerSpec.predictRoute || `${route}:predict`;
  const grpc = (containerSpec.grpcPorts ?? []).length > 0;
  const environment: Record<string, string> = {
    AIP_MODE: "PREDICTION",
    AIP_MODE_VERSION: "1.0.0",
    AIP_HTTP_PORT: String(ports.http),
    ...(grpc && { AIP_GRPC_PORT: String(ports.grpc) }),
    AIP_HEALTH_ROUTE: healthRoute,
    AIP_PREDICT_ROUTE: predictRoute,
    AIP_STORAGE_URI: artifactUri,
    AIP_PROJECT_NUMBER: place.location.project,
    AIP_REGION: place.location.location,
    AIP_ENDPOINT_ID: place.endpointId,
    AIP_DEPLOYED_MODEL_ID: place.deployedModelId,
    AIP_MODEL_NAME: place.modelId,
    AIP_VERSION_NAME: place.versionId,
    AIP_MACHINE_TYPE: place.machineType,
  };
  for (const { name = "", value = "" } of containerSpec.env ?? []) environment[name] = expand(value, environment);
  return {
    image: containerSpec.imageUri ?? "",
    command: (containerSpec.command ?? []).map((text) => expand(text, environment)),
    args: (containerSpec.args ?? []).map((text) => expand(text, environment)),
    environment,
    healthRoute,
    predictRoute,
    grpc,
  };
}

/** `$(NAME)` becomes the variable, an unknown one stays, and `$$(NAME)` is the text `$(NAME)`. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$?\$\((\w+)\)/g, (whole, name: string) =>
    whole.startsWith("$$") ? whole.slice(1) : (environment[name] ?? whole),
  );
}
