import { join } from "node:path";
import type { Models } from "../models/models.ts";
import type { ModelVersionRecord } from "../models/records.ts";
import type { AnyMessage, OperationRecord, Operations } from "../operations/operations.ts";
import { aiplatform } from "../operations/operations.ts";
import { findProcess } from "../processes/process.ts";
import { Deployment, type DeploymentDependencies } from "../serving/deployment.ts";
import { serverSpec } from "../serving/environment.ts";
import { inheritedSpec } from "../serving/explanations/spec.ts";
import type { RequestLog } from "../serving/request-log.ts";
import { ServerClosing } from "../shutdown.ts";
import type { Collection, Store } from "../store/store.ts";
import { alreadyExists, notFound, VertexError } from "../wire/errors.ts";
import { idOf, locationOf, newNumericId } from "../wire/names.ts";
import { fromDuration } from "../wire/time.ts";
import { deployedModelMessage } from "./message.ts";
import {
  type DeployedModelMessage,
  type DeployedModelRecord,
  type EndpointMessage,
  type EndpointRecord,
  type PendingDeployment,
  replicaCount,
} from "./records.ts";
import { checkTrafficSplit, type TrafficSplit, withoutZeros } from "./traffic-split.ts";
import { checkDeployedModel, checkEndpoint } from "./validate.ts";

/** The endpoints of this server, with the deployed models that serve behind each. */
export class Endpoints {
  readonly #endpoints: Collection<EndpointRecord>;
  readonly #pending: Collection<PendingDeployment>;
  readonly #deployments = new Map<string, Deployment>();
  readonly #closing = new AbortController();
  readonly #folder: string;
  readonly #models: Models;
  readonly #operations: Operations;
  readonly #dependencies: DeploymentDependencies;

  constructor(
    store: Store,
    folder: string,
    models: Models,
    operations: Operations,
    dependencies: DeploymentDependencies,
  ) {
    this.#endpoints = store.collection("endpoints");
    this.#pending = store.collection("pending-deployments");
    this.#folder = folder;
    this.#models = models;
    this.#operations = operations;
    this.#dependencies = dependencies;
  }

  create(parent: string, id: string | undefined, message: EndpointMessage | undefined): EndpointRecord {
    checkEndpoint(id, message);
    const name = `${parent}/endpoints/${id ? id : newNumericId()}`;
    if (this.#endpoints.get(name) !== undefined) throw alreadyExists("Endpoint", name);
    const now = this.#dependencies.clock.now();
    const endpoint = {
      name,
      message: message ?? {},
      trafficSplit: {},
      deployedModels: [],
      createTime: now,
      updateTime: now,
      etag: 1,
    };
    this.#endpoints.put(name, parent, endpoint);
    return endpoint;
  }

  get(name: string): EndpointRecord {
    const endpoint = this.#endpoints.get(name);
    if (endpoint === undefined) throw notFound("Endpoint", name);
    return endpoint;
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): EndpointRecord[] {
    return this.#endpoints.list(parent);
  }

  /** Those of every location. */
  listOfProject(project: string): EndpointRecord[] {
    return this.#endpoints.list().filter(({ name }) => locationOf(name).project === project);
  }

  /** Throws ABORTED when `etag` is given and another update came first. */
  update(name: string, changes: Partial<EndpointMessage>, etag: string | undefined): EndpointRecord {
    const endpoint = this.get(name);
    if (etag && etag !== String(endpoint.etag))
      throw new VertexError("ABORTED", `${name} has changed: its etag is ${endpoint.etag}, not ${etag}.`);
    checkEndpoint(undefined, { ...endpoint.message, ...changes });
    const { trafficSplit, ...message } = changes;
    const split = "trafficSplit" in changes ? (trafficSplit ?? {}) : endpoint.trafficSplit;
    checkTrafficSplit(
      split,
      endpoint.deployedModels.map(({ id }) => id),
    );
    return this.#change(name, { message: { ...endpoint.message, ...message }, trafficSplit: withoutZeros(split) });
  }

  delete(name: string): void {
    const { deployedModels } = this.get(name);
    if (deployedModels.length > 0) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `Endpoint ${name} has deployed models (${deployedModels.map(({ id }) => id).join(", ")}); undeploy them first.`,
      );
    }
    this.#endpoints.delete(name);
  }

  /** Starts a deployment; "0" in the split stands for the model being deployed. */
  deploy(name: string, message: DeployedModelMessage | undefined, split: TrafficSplit): OperationRecord {
    const endpoint = this.get(name);
    const others = endpoint.deployedModels.map(({ id }) => id);
    checkDeployedModel(message, others);
    const version = this.#models.get(message.model);
    checkTrafficSplit(split, [...others, "0"]);
    const explanationSpec = inheritedSpec(message.explanationSpec, version.message.explanationSpec);
    const deployed: DeployedModelRecord = {
      id: message.id || newNumericId(),
      model: version.model,
      modelVersionId: version.versionId,
      displayName: message.displayName || (version.message.displayName ?? ""),
      createTime: this.#dependencies.clock.now(),
      message: { ...message, ...(explanationSpec !== undefined && { explanationSpec }) },
    };
    return this.#operations.start(name, "DeployModelOperationMetadata", (operation, cancelled) => {
      const pending = { operation, endpoint: name, deployed, trafficSplit: split };
      this.#pending.put(operation, name, pending);
      return this.#deploy(pending, cancelled);
    });
  }

  async #deploy(
    { operation, endpoint: name, deployed, trafficSplit }: PendingDeployment,
    cancelled: AbortSignal,
  ): Promise<AnyMessage> {
    const deployment = this.#deployment(name, deployed);
    try {
      await deployment.start(AbortSignal.any([this.#closing.signal, cancelled]));
      try {
        this.#finishDeployment(name, deployed, trafficSplit);
      } catch (error) {
        await deployment.stop();
        throw error;
      }
    } catch (error) {
      if (!(error instanceof ServerClosing)) this.#pending.delete(operation);
      throw error;
    }
    this.#deployments.set(deploymentName(name, deployed.id), deployment);
    this.#pending.delete(operation);
    return aiplatform("DeployModelResponse", {
      deployedModel: deployedModelMessage(deployed, deployment.availableReplicas),
    });
  }

  #finishDeployment(name: string, deployed: DeployedModelRecord, split: TrafficSplit): void {
    const endpoint = this.get(name);
    const deployedModels = [...endpoint.deployedModels, deployed];
    const named = Object.fromEntries(
      Object.entries(split).map(([id, percent]) => [id === "0" ? deployed.id : id, percent]),
    );
    checkTrafficSplit(
      named,
      deployedModels.map(({ id }) => id),
    );
    const trafficSplit = Object.keys(named).length > 0 ? withoutZeros(named) : endpoint.trafficSplit;
    this.#change(name, { deployedModels, trafficSplit });
  }

  /** Takes the model out at once, lets its requests end, and ends its processes. */
  undeploy(name: string, id: string, split: TrafficSplit): OperationRecord {
    const endpoint = this.get(name);
    this.#deployedModel(endpoint, id);
    const deployedModels = endpoint.deployedModels.filter((other) => other.id !== id);
    let trafficSplit = deployedModels.length === 0 ? {} : endpoint.trafficSplit;
    if (Object.keys(split).length > 0 && deployedModels.length > 0) {
      checkTrafficSplit(
        split,
        deployedModels.map((other) => other.id),
      );
      trafficSplit = withoutZeros(split);
    }
    if (trafficSplit[id] !== undefined) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `DeployedModel ${id} has ${trafficSplit[id]} % of the traffic of ${name}; give a traffic_split without it.`,
      );
    }
    this.#change(name, { deployedModels, trafficSplit });
    return this.#operations.start(name, "UndeployModelOperationMetadata", async () => {
      const key = deploymentName(name, id);
      await this.#deployments.get(key)?.stop();
      this.#deployments.delete(key);
      return aiplatform("UndeployModelResponse", {});
    });
  }

  /** Changes how many replicas a deployed model has. */
  mutate(name: string, message: DeployedModelMessage): OperationRecord {
    const endpoint = this.get(name);
    const before = this.#deployedModel(endpoint, message.id ?? "");
    const deployed = {
      ...before,
      message: {
        ...before.message,
        dedicatedResources: { ...before.message.dedicatedResources, ...message.dedicatedResources },
      },
    };
    checkDeployedModel({ ...deployed.message, model: before.model }, []);
    return this.#operations.start(name, "MutateDeployedModelOperationMetadata", async (_operation, cancelled) => {
      const deployment = this.#deployments.get(deploymentName(name, before.id));
      await deployment?.scale(replicaCount(deployed.message), AbortSignal.any([this.#closing.signal, cancelled]));
      const current = this.get(name);
      this.#change(name, {
        deployedModels: current.deployedModels.map((other) => (other.id === before.id ? deployed : other)),
      });
      return aiplatform("MutateDeployedModelResponse", {
        deployedModel: deployedModelMessage(deployed, deployment?.availableReplicas ?? 0),
      });
    });
  }

  /** Where a model, or one version of it, is deployed. */
  deploymentsOf(model: string, versionId?: string): { endpoint: string; id: string }[] {
    return this.#endpoints
      .list(locationOf(model).name)
      .flatMap(({ name, deployedModels }) =>
        deployedModels
          .filter(
            (deployed) =>
              deployed.model === model && (versionId === undefined || deployed.modelVersionId === versionId),
          )
          .map(({ id }) => ({ endpoint: name, id })),
      );
  }

  deployment(endpoint: string, id: string): Deployment {
    const deployment = this.#deployments.get(deploymentName(endpoint, id));
    if (deployment === undefined) throw notFound("DeployedModel", deploymentName(endpoint, id));
    return deployment;
  }

  /** What a deployed model was asked since the server started; null while it is coming up. */
  requests(endpoint: string, id: string): RequestLog | null {
    return this.#deployments.get(deploymentName(endpoint, id))?.requests ?? null;
  }

  availableReplicas(endpoint: string, id: string): number {
    return this.#deployments.get(deploymentName(endpoint, id))?.availableReplicas ?? 0;
  }

  /** Brings up again what was deployed, and goes on with what was being deployed; gives the operations it took up. */
  resume(): ReadonlySet<string> {
    for (const { name, deployedModels } of this.#endpoints.list()) {
      for (const deployed of deployedModels) {
        const deployment = this.#deployment(name, deployed);
        deployment.revive();
        this.#deployments.set(deploymentName(name, deployed.id), deployment);
      }
    }
    const pending = this.#pending.list();
    for (const one of pending)
      this.#operations.resume(one.operation, (_name, cancelled) => this.#deploy(one, cancelled));
    const wanted = new Set([
      ...this.#deployments.keys(),
      ...pending.map(({ endpoint, deployed }) => deploymentName(endpoint, deployed.id)),
    ]);
    const reaped = this.#reapOthers(wanted);
    const undeployments = this.#operations.unfinished("UndeployModelOperationMetadata");
    for (const operation of undeployments) {
      this.#operations.resume(operation, () => reaped.then(() => aiplatform("UndeployModelResponse", {})));
    }
    return new Set([...pending.map(({ operation }) => operation), ...undeployments]);
  }

  /** Ends the processes of what was undeployed as the last server ended. */
  async #reapOthers(wanted: ReadonlySet<string>): Promise<void> {
    const { replicas, settings } = this.#dependencies;
    for (const { key, deployment, process } of replicas.list()) {
      if (wanted.has(deployment)) continue;
      const found = await findProcess(process);
      if (found.kind === "running") await found.process.stop(settings.killGrace);
      replicas.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ServerClosing());
    await Promise.all([...this.#deployments.values()].map((deployment) => deployment.close()));
  }

  #deployment(endpoint: string, deployed: DeployedModelRecord): Deployment {
    const version: ModelVersionRecord = this.#models.get(`${deployed.model}@${deployed.modelVersionId}`);
    const { project, location } = locationOf(endpoint);
    const given = version.message.containerSpec?.deploymentTimeout;
    return new Deployment(
      {
        name: deploymentName(endpoint, deployed.id),
        folder: join(this.#folder, project, location, idOf(endpoint), deployed.id),
        server: (ports) => serverSpec(endpoint, deployed, version, ports),
        replicas: replicaCount(deployed.message),
        timeout: given === undefined ? this.#dependencies.settings.healthTimeout : fromDuration(given),
      },
      this.#dependencies,
    );
  }

  #deployedModel(endpoint: EndpointRecord, id: string): DeployedModelRecord {
    const deployed = endpoint.deployedModels.find((candidate) => candidate.id === id);
    if (deployed === undefined) throw notFound("DeployedModel", deploymentName(endpoint.name, id));
    return deployed;
  }

  #change(name: string, changes: Partial<EndpointRecord>): EndpointRecord {
    const endpoint = this.get(name);
    const next = { ...endpoint, ...changes, updateTime: this.#dependencies.clock.now(), etag: endpoint.etag + 1 };
    this.#endpoints.put(name, "", next);
    return next;
  }
}

function deploymentName(endpoint: string, id: string): string {
  return `${endpoint}/deployedModels/${id}`;
}
