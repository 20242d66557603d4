import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import protobuf from "protobufjs";

/**
 * The services of Vertex AI and their messages, from the `.proto` files that Google's own clients ship. Messages are
 * plain objects: absent fields are left out, enums are names, 64-bit numbers are decimal strings.
 */

const require = createRequire(import.meta.url);
const includeDirs = [
  join(dirname(require.resolve("@google-cloud/aiplatform")), "../protos"),
  join(dirname(require.resolve("google-gax")), "../protos"),
] as const;

const serviceFiles = {
  PipelineService: "google/cloud/aiplatform/v1/pipeline_service.proto",
  JobService: "google/cloud/aiplatform/v1/job_service.proto",
  ModelService: "google/cloud/aiplatform/v1/model_service.proto",
  EndpointService: "google/cloud/aiplatform/v1/endpoint_service.proto",
  PredictionService: "google/cloud/aiplatform/v1/prediction_service.proto",
  Operations: "google/longrunning/operations.proto",
} as const;
export type ServiceName = keyof typeof serviceFiles;

export type ServiceDefinitions = Readonly<Record<ServiceName, ServiceDefinition>>;

/** Parses the `.proto` files: half a second, so once a server. */
export function loadServices(): ServiceDefinitions {
  const definition = loadSync(Object.values(serviceFiles), {
    includeDirs: [...includeDirs],
    longs: String,
    enums: String,
    defaults: false,
  });
  const service = (name: ServiceName) => {
    const path = name === "Operations" ? "google.longrunning.Operations" : `google.cloud.aiplatform.v1.${name}`;
    const found = definition[path];
    if (found === undefined) throw new Error(`${path} is missing from ${serviceFiles[name]}`);
    return found as ServiceDefinition;
  };
  return {
    PipelineService: service("PipelineService"),
    JobService: service("JobService"),
    ModelService: service("ModelService"),
    EndpointService: service("EndpointService"),
    PredictionService: service("PredictionService"),
    Operations: service("Operations"),
  };
}

/** Encodes google.rpc.Status with its details: the value of the `grpc-status-details-bin` trailer. */
export function loadStatusEncoder(): (status: object) => Buffer {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (protobuf.common.get(target) ? target : join(includeDirs[1], target));
  root.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"]);
  const type = root.lookupType("google.rpc.Status");
  return (status) => Buffer.from(type.encode(type.fromObject(status)).finish());
}
