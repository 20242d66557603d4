import { toTime } from "../wire/time.ts";
import type { DeployedModelRecord, EndpointRecord } from "./records.ts";

export function endpointMessage(endpoint: EndpointRecord, availableReplicas: (id: string) => number): object {
  return {
    ...endpoint.message,
    name: endpoint.name,
    deployedModels: endpoint.deployedModels.map((deployed) =>
      deployedModelMessage(deployed, availableReplicas(deployed.id)),
    ),
    trafficSplit: endpoint.trafficSplit,
    etag: String(endpoint.etag),
    createTime: toTime(endpoint.createTime),
    updateTime: toTime(endpoint.updateTime),
  };
}

export function deployedModelMessage(deployed: DeployedModelRecord, availableReplicaCount: number): object {
  return {
    ...deployed.message,
    id: deployed.id,
    model: deployed.model,
    modelVersionId: deployed.modelVersionId,
    displayName: deployed.displayName,
    createTime: toTime(deployed.createTime),
    status: { availableReplicaCount },
  };
}
