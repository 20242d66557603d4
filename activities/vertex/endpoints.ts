import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import type { EndpointState, PromoteActivities, ServingSpec } from "../../pipelines/promote/activities.ts";
import { isValidSplit } from "../../pipelines/promote/traffic.ts";
import { findMachine } from "../../specs/index.ts";
import type { Clients } from "../clients/clients.ts";
import { sha256 } from "../digest.ts";
import { UserError } from "../errors.ts";
import { cancellation, whileAlive } from "../progress.ts";
import { toEndpointState } from "./endpoint-state.ts";
import { endpointPath, labelValue, locationPath } from "./names.ts";
import { operationOptions, settle } from "./operations.ts";
import { hasStatus, isTransientGrpc } from "./status.ts";

type EndpointActivities = Pick<
  PromoteActivities,
  "ensureEndpoint" | "readEndpoint" | "deployModel" | "findDeployed" | "setTraffic" | "undeployModel"
>;

export function createEndpointActivities(clients: Clients): EndpointActivities {
  return {
    ensureEndpoint: ({ endpoint }) =>
      whileAlive(
        () => `creating the endpoint ${endpoint}`,
        () => ensureEndpoint(clients, endpoint),
      ),

    readEndpoint: ({ endpoint }) => readEndpoint(clients, endpoint),

    deployModel: ({ endpoint, modelVersion, releaseId, serving }) =>
      whileAlive(
        () => `deploying ${modelVersion}`,
        async () => ({ deployedModelId: await deploy(clients, endpoint, modelVersion, releaseId, serving) }),
      ),

    async findDeployed({ endpoint, releaseId }) {
      return { deployedModelId: await findDeployed(clients, endpoint, releaseId) };
    },

    async setTraffic({ endpoint, traffic }) {
      if (!isValidSplit(traffic)) {
        throw new UserError(
          "InvalidTraffic",
          `a traffic split is empty or sums to 100 in whole percents, not ${JSON.stringify(traffic)}`,
        );
      }
      const endpoints = await clients.vertex.endpoints();
      const name = endpointPath(clients.environment, endpoint);
      const [updated] = await endpoints.updateEndpoint({
        endpoint: { name, trafficSplit: { ...traffic } },
        updateMask: { paths: ["traffic_split"] },
      });
      return toEndpointState(updated);
    },

    undeployModel: ({ endpoint, deployedModelId }) =>
      whileAlive(
        () => `undeploying ${deployedModelId}`,
        () => undeploy(clients, endpoint, deployedModelId),
      ),
  };
}

/** Throws `NotFound`. */
export async function readEndpoint(clients: Clients, endpoint: string): Promise<EndpointState> {
  const endpoints = await clients.vertex.endpoints();
  try {
    const [found] = await endpoints.getEndpoint({ name: endpointPath(clients.environment, endpoint) });
    return toEndpointState(found);
  } catch (error) {
    if (!hasStatus(error, status.NOT_FOUND)) throw error;
    throw new UserError("NotFound", `there is no endpoint ${endpoint}`, [], error);
  }
}

/** The endpoint's id is its name, so that two tries can't make two. */
export async function ensureEndpoint(clients: Clients, id: string): Promise<EndpointState> {
  const endpoints = await clients.vertex.endpoints();
  try {
    return await readEndpoint(clients, id);
  } catch (error) {
    if (!(error instanceof UserError && error.code === "NotFound")) throw error;
  }
  try {
    const request = { parent: locationPath(clients.environment), endpointId: id, endpoint: { displayName: id } };
    const [operation] = await endpoints.createEndpoint(request, await operationOptions());
    await settle(operation);
  } catch (error) {
    if (!hasStatus(error, status.ALREADY_EXISTS)) throw error;
  }
  return readEndpoint(clients, id);
}

/** Deploys at 0 %: no split is sent, so Vertex leaves the endpoint's as it is. Returns the deployed model's id. */
export async function deploy(
  clients: Clients,
  endpoint: string,
  modelVersion: string,
  releaseId: string,
  { machine, replicas }: ServingSpec,
): Promise<string> {
  const there = await findDeployed(clients, endpoint, releaseId);
  if (there !== null) return there;
  const endpoints = await clients.vertex.endpoints();
  try {
    const [operation] = await endpoints.deployModel(
      {
        endpoint: endpointPath(clients.environment, endpoint),
        deployedModel: {
          id: deployedModelId(releaseId),
          displayName: labelValue(releaseId),
          model: modelVersion,
          dedicatedResources: {
            machineSpec: machineSpec(machine),
            minReplicaCount: replicas,
            maxReplicaCount: replicas,
          },
        },
      },
      await operationOptions(),
    );
    const { deployedModel } = await settle(operation);
    return deployedModel?.id ?? deployedModelId(releaseId);
  } catch (error) {
    // The deployment that an earlier try began is still under way.
    const busy =
      hasStatus(error, status.ALREADY_EXISTS) ||
      (hasStatus(error, status.FAILED_PRECONDITION) && isTransientGrpc(error));
    const found = busy ? await awaitDeployed(clients, endpoint, releaseId) : null;
    if (found === null) throw error;
    return found;
  }
}

export async function undeploy(
  clients: Clients,
  endpoint: string,
  deployedModelId: string,
  signal: AbortSignal = cancellation(),
): Promise<void> {
  const state = await readEndpoint(clients, endpoint);
  if (!state.deployed.some(({ id }) => id === deployedModelId)) return;
  const endpoints = await clients.vertex.endpoints();
  const [operation] = await endpoints.undeployModel(
    { endpoint: state.endpoint, deployedModelId },
    await operationOptions(),
  );
  await settle(operation, signal);
}

async function findDeployed(clients: Clients, endpoint: string, releaseId: string): Promise<string | null> {
  const endpoints = await clients.vertex.endpoints();
  const [found] = await endpoints.getEndpoint({ name: endpointPath(clients.environment, endpoint) });
  const mine = found.deployedModels?.find(({ displayName }) => displayName === labelValue(releaseId));
  return mine?.id ?? null;
}

/** Null when it does not come up within ten minutes. */
async function awaitDeployed(clients: Clients, endpoint: string, releaseId: string): Promise<string | null> {
  for (let waited = 0; waited < 600; waited += 2) {
    const found = await findDeployed(clients, endpoint, releaseId);
    if (found !== null) return found;
    await sleep(2_000, undefined, { signal: cancellation() });
  }
  return null;
}

/** A machine whose GPUs Vertex wants named comes with them. */
function machineSpec(machineType: string) {
  const accelerator = findMachine(machineType)?.accelerator;
  if (accelerator === undefined) return { machineType };
  const { type, count } = accelerator;
  return { machineType, acceleratorType: type as "NVIDIA_H100_80GB", acceleratorCount: Number(count) };
}

/** Ten digits, the same for each try of a release. https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.endpoints#DeployedModel */
function deployedModelId(releaseId: string): string {
  const number = BigInt(`0x${sha256(releaseId).slice(0, 15)}`);
  return String(1_000_000_000n + (number % 9_000_000_000n));
}
