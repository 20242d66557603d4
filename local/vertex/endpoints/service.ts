import { aiplatform, empty, type Operations } from "../operations/operations.ts";
import { invalidArgument } from "../wire/errors.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage, pickMasked } from "../wire/list.ts";
import { idOf, parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import type { Endpoints } from "./endpoints.ts";
import { endpointMessage } from "./message.ts";
import type { DeployedModelMessage, EndpointMessage, EndpointRecord } from "./records.ts";
import type { TrafficSplit } from "./traffic-split.ts";

export const endpointFields: ListFields<EndpointRecord> = {
  name: ({ name }) => name,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    endpoint: { kind: "text", of: ({ name }) => idOf(name) },
    display_name: { kind: "text", of: ({ message }) => message.displayName },
  },
  orders: {
    display_name: ({ message }) => message.displayName,
    create_time: ({ createTime }) => createTime,
    update_time: ({ updateTime }) => updateTime,
  },
  defaultOrder: "create_time",
};

const updatable = ["displayName", "description", "labels", "trafficSplit"] as const;

interface EndpointRequest {
  readonly endpoint?: string;
}

/** @param address `host:port` at which a dedicated endpoint answers predictions */
export function endpointService(
  endpoints: Endpoints,
  operations: Operations,
  address: () => string,
): NonNullable<Methods["EndpointService"]> {
  const message = (endpoint: EndpointRecord) => ({
    ...endpointMessage(endpoint, (id) => endpoints.availableReplicas(endpoint.name, id)),
    ...(endpoint.message.dedicatedEndpointEnabled === true && { dedicatedEndpointDns: address() }),
  });
  const nameOf = (name: string | undefined) => parseName(name, "endpoints");
  return {
    CreateEndpoint: ({
      parent,
      endpointId,
      endpoint,
    }: {
      parent?: string;
      endpointId?: string;
      endpoint?: EndpointMessage;
    }) => {
      const created = endpoints.create(parseLocation(parent).name, endpointId, endpoint);
      return operations.finished(
        created.name,
        "CreateEndpointOperationMetadata",
        aiplatform("Endpoint", message(created)),
      );
    },
    GetEndpoint: ({ name }: { name?: string }) => message(endpoints.get(nameOf(name))),
    ListEndpoints: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(
        endpoints.list(parseLocation(request.parent).name),
        request,
        endpointFields,
      );
      return { endpoints: items.map((endpoint) => applyReadMask(message(endpoint), request.readMask)), nextPageToken };
    },
    UpdateEndpoint: ({
      endpoint = {},
      updateMask,
    }: {
      endpoint?: EndpointMessage;
      updateMask?: { paths?: readonly string[] };
    }) =>
      message(
        endpoints.update(nameOf(endpoint.name), pickMasked(endpoint, updateMask?.paths, updatable), endpoint.etag),
      ),
    /** "Currently we only support updating the `client_connection_config` field", says endpoint_service.proto. */
    UpdateEndpointLongRunning: ({ endpoint = {} }: { endpoint?: EndpointMessage }) => {
      const { name, etag, clientConnectionConfig, ...others } = endpoint;
      const refused = Object.keys(others);
      if (refused.length > 0)
        throw invalidArgument(
          refused.map((field) => ({ field: `endpoint.${field}`, description: "can't be updated by this method" })),
        );
      const changes = clientConnectionConfig === undefined ? {} : { clientConnectionConfig };
      const updated = endpoints.update(nameOf(name), changes, etag);
      return operations.finished(
        updated.name,
        "UpdateEndpointOperationMetadata",
        aiplatform("Endpoint", message(updated)),
      );
    },
    DeleteEndpoint: ({ name }: { name?: string }) => {
      endpoints.delete(nameOf(name));
      return operations.finished(nameOf(name), "DeleteOperationMetadata", empty);
    },
    DeployModel: ({
      endpoint,
      deployedModel,
      trafficSplit = {},
    }: EndpointRequest & { deployedModel?: DeployedModelMessage; trafficSplit?: TrafficSplit }) =>
      endpoints.deploy(nameOf(endpoint), deployedModel, trafficSplit),
    UndeployModel: ({
      endpoint,
      deployedModelId = "",
      trafficSplit = {},
    }: EndpointRequest & { deployedModelId?: string; trafficSplit?: TrafficSplit }) =>
      endpoints.undeploy(nameOf(endpoint), deployedModelId, trafficSplit),
    MutateDeployedModel: ({
      endpoint,
      deployedModel = {},
    }: EndpointRequest & { deployedModel?: DeployedModelMessage }) => endpoints.mutate(nameOf(endpoint), deployedModel),
  };
}
