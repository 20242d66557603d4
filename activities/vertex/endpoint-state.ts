import type { protos } from "@google-cloud/aiplatform";
import type { EndpointState } from "../../pipelines/promote/activities.ts";
import { withVersion } from "./names.ts";

type Endpoint = protos.google.cloud.aiplatform.v1.IEndpoint;

/** What of an endpoint matters to a release. `modelVersion` names the exact version, whatever alias it was deployed by. */
export function toEndpointState(endpoint: Endpoint): EndpointState {
  return {
    endpoint: endpoint.name ?? "",
    traffic: { ...endpoint.trafficSplit },
    deployed: (endpoint.deployedModels ?? []).map((deployed) => {
      const model = (deployed.model ?? "").split("@")[0] ?? "";
      const version = deployed.modelVersionId || deployed.model?.split("@")[1] || "1";
      return { id: deployed.id ?? "", model, modelVersion: withVersion(model, version) };
    }),
  };
}
