import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs";

/**
 * The services of Vertex AI and their messages, as Google's own clients ship them. Messages are plain objects: absent
 * fields are left out, enums are names, 64-bit numbers are decimal strings.
 */

const require = createRequire(import.meta.url);
const gaxProtos = join(dirname(require.resolve("google-gax")), "../protos");

/** The services that are implemented here, and where their methods are described. */
const implemented = {
  PipelineService: "google.cloud.aiplatform.v1.PipelineService",
  JobService: "google.cloud.aiplatform.v1.JobService",
  ModelService: "google.cloud.aiplatform.v1.ModelService",
  EndpointService: "google.cloud.aiplatform.v1.EndpointService",
  PredictionService: "google.cloud.aiplatform.v1.PredictionService",
  ScheduleService: "google.cloud.aiplatform.v1.ScheduleService",
  MetadataService: "google.cloud.aiplatform.v1.MetadataService",
  Operations: "google.longrunning.Operations",
  MetricService: "google.monitoring.v3.MetricService",
} as const;
export type ServiceName = keyof typeof implemented;

/**
 * The versions of the API. Their messages have the same fields under the same numbers, so that one implementation
 * serves both; what only one of them has, an encoder leaves out.
 */
export const apiVersions = ["v1", "v1beta1"] as const;
export type ApiVersion = (typeof apiVersions)[number];

/** @param name full name of a service or message */
export function apiVersionOf(name: string): ApiVersion {
  return name.startsWith("google.cloud.aiplatform.v1beta1.") ? "v1beta1" : "v1";
}

/** A way to call a method by HTTP (https://github.com/googleapis/googleapis/blob/master/google/api/http.proto). */
export interface HttpRule {
  readonly verb: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  /** Field that is the body, snake case; `*` for the whole request, empty for none. */
  readonly body: string;
}

export interface ServiceMethod {
  readonly name: string;
  readonly definition: MethodDefinition<object, object>;
  /** Full names of the messages. */
  readonly request: string;
  readonly response: string;
  readonly http: readonly HttpRule[];
}

export interface Service {
  readonly name: string;
  readonly fullName: string;
  readonly methods: readonly ServiceMethod[];
}

/** Every service of the API, also those that have no implementation here. */
export interface Protos {
  readonly services: readonly Service[];
  /** What the messages of the services are made of. */
  readonly roots: readonly protobuf.Root[];
}

let loaded: Protos | undefined;

/** Reads the descriptions once in a process: they never change, and take a quarter of a second. */
export function loadProtos(): Protos {
  loaded ??= readProtos();
  return loaded;
}

function readProtos(): Protos {
  const vertex = protobuf.Root.fromJSON(
    require("@google-cloud/aiplatform/build/protos/protos.json") as protobuf.INamespace,
  );
  const monitoring = new protobuf.Root();
  monitoring.resolvePath = (_origin, target) => (protobuf.common.get(target) ? target : join(gaxProtos, target));
  monitoring.loadSync("google/monitoring/v3/metric_service.proto");
  vertex.resolveAll();
  monitoring.resolveAll();
  const roots = [vertex, monitoring];
  const services = [
    ...apiVersions.flatMap((version) => servicesOf(vertex.lookup(`google.cloud.aiplatform.${version}`))),
    ...[vertex.lookupService(implemented.Operations), monitoring.lookupService(implemented.MetricService)].map(service),
  ];
  return { services, roots };
}

function servicesOf(namespace: protobuf.ReflectionObject | null): Service[] {
  if (!(namespace instanceof protobuf.Namespace)) throw new Error("google.cloud.aiplatform is not described");
  return namespace.nestedArray.filter((nested) => nested instanceof protobuf.Service).map(service);
}

function service(described: protobuf.Service): Service {
  const fullName = described.fullName.slice(1);
  const methods = described.methodsArray.map((method): ServiceMethod => {
    method.resolve();
    const { resolvedRequestType, resolvedResponseType } = method;
    if (resolvedRequestType === null || resolvedResponseType === null)
      throw new Error(`${fullName}.${method.name} has no types`);
    const request = codec(resolvedRequestType);
    const response = codec(resolvedResponseType);
    return {
      name: method.name,
      definition: {
        path: `/${fullName}/${method.name}`,
        requestStream: method.requestStream === true,
        responseStream: method.responseStream === true,
        requestSerialize: request.encode,
        requestDeserialize: request.decode,
        responseSerialize: response.encode,
        responseDeserialize: response.decode,
      },
      request: resolvedRequestType.fullName.slice(1),
      response: resolvedResponseType.fullName.slice(1),
      http: httpRules(method),
    };
  });
  return { name: described.name, fullName, methods };
}

interface Codec {
  readonly encode: (message: object) => Buffer;
  readonly decode: (bytes: Uint8Array) => object;
}

function codec(type: protobuf.Type): Codec {
  return {
    encode: (message) => Buffer.from(type.encode(type.fromObject({ ...message })).finish()),
    decode: (bytes) => type.toObject(type.decode(bytes), { longs: String, enums: String }),
  };
}

type HttpOption = Readonly<Partial<Record<string, unknown>>>;
const verbs = ["get", "post", "patch", "put", "delete"] as const;

function httpRules(method: protobuf.Method): HttpRule[] {
  const options = (method.parsedOptions ?? []) as readonly Readonly<Record<string, HttpOption>>[];
  return options.flatMap((option) => {
    const rule = option["(google.api.http)"];
    if (rule === undefined) return [];
    const more = [rule["additional_bindings"] ?? []].flat() as HttpOption[];
    return [rule, ...more].flatMap((binding) =>
      verbs.flatMap((verb) => {
        const path = binding[verb];
        if (typeof path !== "string") return [];
        return [{ verb: verb.toUpperCase() as HttpRule["verb"], path, body: String(binding["body"] ?? "") }];
      }),
    );
  });
}

export type ServiceDefinitions = Readonly<Record<ServiceName, ServiceDefinition>>;

/** The services that are implemented here, as grpc-js takes them. */
export function loadServices(): ServiceDefinitions {
  const { services } = loadProtos();
  return Object.fromEntries(
    Object.entries(implemented).map(([name, fullName]) => {
      const found = services.find((candidate) => candidate.fullName === fullName);
      if (found === undefined) throw new Error(`${fullName} is not described`);
      return [name, serviceDefinition(found)];
    }),
  ) as Record<ServiceName, ServiceDefinition>;
}

export function serviceDefinition({ methods }: Service): ServiceDefinition {
  return Object.fromEntries(methods.map(({ name, definition }) => [name, definition]));
}

/** Encodes google.rpc.Status with its details: the value of the `grpc-status-details-bin` trailer. */
export function loadStatusEncoder(): (status: object) => Buffer {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (protobuf.common.get(target) ? target : join(gaxProtos, target));
  root.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"]);
  return codec(root.lookupType("google.rpc.Status")).encode;
}
