/** What `promote` needs from Vertex AI; implemented in `activities/vertex/`. Every call is idempotent. */

import type { PromoteRequest } from "./request.ts";
import type { Serve } from "./serve.ts";

/** deployedModelId → percent. Either empty or sums to 100. */
export type TrafficSplit = Readonly<Record<string, number>>;

export interface EndpointState {
  /** `projects/…/endpoints/ID`. */
  readonly endpoint: string;
  readonly traffic: TrafficSplit;
  readonly deployed: readonly { readonly id: string; readonly model: string; readonly modelVersion: string }[];
}

export interface RegisteredModel {
  /** `projects/…/models/ID@VERSION`. */
  readonly modelVersion: string;
}

export interface ServingSpec {
  readonly image: string;
  /** The trainer when left out. */
  readonly serve?: Serve;
  readonly machine: string;
  readonly replicas: number;
}

/** Requests sent through the endpoint while a canary bakes, as counted at the client. */
export interface ProbeReport {
  readonly byDeployedModel: Readonly<
    Record<string, { readonly requests: number; readonly errors: number; readonly p95Milliseconds: number }>
  >;
  /** Requests that no deployed model answered. */
  readonly unattributedErrors: number;
}

export interface PromoteActivities {
  /**
   * The request of a person or program, checked; the serving container filled in, by digest where it can be had.
   * Throws non-retryable `InvalidRequest` with every problem in its details.
   */
  parsePromoteRequest(input: { request: unknown }): Promise<PromoteRequest & { readonly image: string }>;
  /** A model of the Hub becomes files in Cloud Storage; returns their `gs://` folder. */
  mirrorHubModel(input: { repo: string; revision: string }): Promise<{ artifactUri: string; revision: string }>;
  /** Uploads the model as a new version of `modelId`, or finds the version that the same release made. */
  registerModel(input: {
    modelId: string;
    artifactUri: string;
    image: string;
    serve?: Serve;
    releaseId: string;
    labels: Readonly<Record<string, string>>;
  }): Promise<RegisteredModel>;
  /** The registry's own record of a version. Throws `NotFound`. */
  readModelVersion(input: {
    modelVersion: string;
  }): Promise<{ modelVersion: string; artifactUri: string; image: string }>;
  /** Creates the endpoint if it is not there. */
  ensureEndpoint(input: { endpoint: string }): Promise<EndpointState>;
  readEndpoint(input: { endpoint: string }): Promise<EndpointState>;
  /** Deploys at 0 % (or with an empty split, on an empty endpoint); finds the one that this release deployed. */
  deployModel(input: {
    endpoint: string;
    modelVersion: string;
    releaseId: string;
    serving: ServingSpec;
  }): Promise<{ deployedModelId: string }>;
  /** What this release deployed, if it got that far. */
  findDeployed(input: { endpoint: string; releaseId: string }): Promise<{ deployedModelId: string | null }>;
  /** Sets the whole split. Throws non-retryable `InvalidTraffic` unless it is empty or sums to 100. */
  setTraffic(input: { endpoint: string; traffic: TrafficSplit }): Promise<EndpointState>;
  undeployModel(input: { endpoint: string; deployedModelId: string }): Promise<void>;
  /**
   * Serves the model on a throw-away endpoint, sends it `rows` of the test split, checks each answer's shape
   * and labels, and removes the endpoint again. Throws non-retryable `SmokeTestFailed` with the reason.
   */
  smokeTest(input: {
    modelVersion: string;
    releaseId: string;
    serving: ServingSpec;
    instances: readonly string[];
  }): Promise<{ requests: number; p95Milliseconds: number }>;
  /** A few texts of the prepared test split to test and probe with. */
  sampleInstances(input: { dataUri: string | null; count: number }): Promise<readonly string[]>;
  /** Sends probes through the endpoint for a part of the bake and counts what came back. */
  probeEndpoint(input: { endpoint: string; instances: readonly string[]; serve?: Serve }): Promise<ProbeReport>;
  /** Moves the alias to this version; last of all. */
  moveAlias(input: { modelVersion: string; alias: string }): Promise<void>;
}
