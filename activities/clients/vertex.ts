import type { EndpointServiceClient } from "@google-cloud/aiplatform/build/src/v1/endpoint_service_client.js";
import type { JobServiceClient } from "@google-cloud/aiplatform/build/src/v1/job_service_client.js";
import type { MetadataServiceClient } from "@google-cloud/aiplatform/build/src/v1/metadata_service_client.js";
import type { ModelServiceClient } from "@google-cloud/aiplatform/build/src/v1/model_service_client.js";
import type { PipelineServiceClient } from "@google-cloud/aiplatform/build/src/v1/pipeline_service_client.js";
import type { PredictionServiceClient } from "@google-cloud/aiplatform/build/src/v1/prediction_service_client.js";
import type { ClientOptions } from "google-gax";
import type { Environment } from "./environment.ts";
import { type Once, once } from "./once.ts";

/** Clients of Vertex AI, each built on first use. */
export interface VertexClients {
  readonly pipelines: Once<PipelineServiceClient>;
  readonly jobs: Once<JobServiceClient>;
  readonly models: Once<ModelServiceClient>;
  readonly endpoints: Once<EndpointServiceClient>;
  readonly predictions: Once<PredictionServiceClient>;
  readonly metadata: Once<MetadataServiceClient>;
  close(): Promise<void>;
}

export function createVertexClients(environment: Pick<Environment, "vertex" | "project">): VertexClients {
  const options = once(() => clientOptions(environment));
  // The package's root loads every service, which takes a second; a client's own module is lighter.
  const clients = {
    pipelines: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/pipeline_service_client.js");
      return new module.PipelineServiceClient(await options());
    }),
    jobs: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/job_service_client.js");
      return new module.JobServiceClient(await options());
    }),
    models: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/model_service_client.js");
      return new module.ModelServiceClient(await options());
    }),
    endpoints: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/endpoint_service_client.js");
      return new module.EndpointServiceClient(await options());
    }),
    predictions: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/prediction_service_client.js");
      return new module.PredictionServiceClient(await options());
    }),
    metadata: once(async () => {
      const module = await import("@google-cloud/aiplatform/build/src/v1/metadata_service_client.js");
      return new module.MetadataServiceClient(await options());
    }),
  };
  return {
    ...clients,
    async close() {
      await Promise.all(
        Object.values(clients).map((client: Once<{ close(): Promise<void> }>) =>
          client.ifBuilt((built) => built.close()),
        ),
      );
    },
  };
}

async function clientOptions({ vertex, project }: Pick<Environment, "vertex" | "project">): Promise<ClientOptions> {
  const { credentials } = await import("@grpc/grpc-js");
  const { host, port } = splitAddress(vertex.endpoint);
  const address: ClientOptions = { apiEndpoint: host, port, projectId: project };
  if (!vertex.plaintext) return address;
  // Without a client of its own, the library would look for credentials on the machine and the network.
  const { googleAuthLibrary } = await import("google-gax");
  return { ...address, sslCreds: credentials.createInsecure(), authClient: new googleAuthLibrary.PassThroughClient() };
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  if (colon < 0) return { host: address, port: 443 };
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
