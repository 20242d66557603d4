import type { ServiceDefinition } from "@grpc/grpc-js";
import { invalidArgument, unimplemented } from "../../wire/errors.ts";
import { isObject, type Json, type JsonObject, toValue } from "../../wire/json.ts";
import { camelCase } from "../../wire/list.ts";
import { loadServices } from "../../wire/protos.ts";
import type { Methods } from "../../wire/server.ts";
import { parseDuration, toTime } from "../../wire/time.ts";

/** Fields whose keys are the user's own. */
const maps = new Set(["labels", "trafficSplit", "parameterValues"]);
const durations = new Set(["timeout", "maxWaitDuration", "deploymentTimeout"]);
/** Fields of the type google.protobuf.Value. */
const values = new Set(["metrics", "modelParameters", "metadata"]);

type Service = "JobService" | "ModelService" | "EndpointService";

/** Reads requests in protobuf's JSON form, snake or camel case. */
export class Requests {
  readonly #services: Readonly<Record<Service, ServiceDefinition>>;

  constructor(services: Readonly<Record<Service, ServiceDefinition>> = loadServices()) {
    this.#services = services;
  }

  /** Throws INVALID_ARGUMENT for a field that isn't there. */
  read(service: Service, method: string, json: object): JsonObject {
    const definition = this.#services[service][method];
    if (definition === undefined) throw new Error(`${service} has no ${method}`);
    const given = toMessageForm(json) as object;
    const read = definition.requestDeserialize(definition.requestSerialize(given)) as JsonObject;
    const lost = lostFields(given, read, "");
    if (lost.length > 0) {
      throw invalidArgument(
        lost.map((field) => ({ field, description: "is unknown, or has a value that it doesn't take" })),
      );
    }
    return read;
  }
}

/** The methods of this server, called from inside: the same as over the wire. */
export class VertexApi {
  readonly #methods: Pick<Methods, Service>;
  readonly #requests: Requests;

  constructor(methods: Pick<Methods, Service>, requests: Requests) {
    this.#methods = methods;
    this.#requests = requests;
  }

  /** The answer, as a message. Throws what the method throws; UNIMPLEMENTED where there is none. */
  call(service: Service, method: string, json: object): JsonObject {
    const implementation = this.#methods[service]?.[method];
    if (implementation === undefined) throw unimplemented(`${service}.${method}`);
    const request = this.#requests.read(service, method, json) as never;
    const answer = implementation(request, { responseHeaders: new Map(), signal: new AbortController().signal });
    if (answer instanceof Promise) throw new Error(`${service}.${method} does not answer at once`);
    return (answer ?? {}) as JsonObject;
  }
}

function toMessageForm(json: unknown, key = "", around = ""): unknown {
  if (values.has(key) && around !== "explanationSpec") return toValue(json as Json);
  if (typeof json === "string" && durations.has(key)) {
    const milliseconds = parseDuration(json);
    return milliseconds === undefined ? json : toTime(milliseconds);
  }
  if (Array.isArray(json)) return json.map((item) => toMessageForm(item, "", key));
  if (!isObject(json)) return json;
  if (maps.has(key)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [camelCase(name), toMessageForm(value, camelCase(name), key)]),
  );
}

/** What went in and didn't come out. */
function lostFields(given: object, read: object, at: string): string[] {
  return Object.entries(given).flatMap(([key, value]): string[] => {
    const kept: unknown = Reflect.get(read, key);
    const path = Array.isArray(given) ? `${at}[${key}]` : `${at}${at === "" ? "" : "."}${key}`;
    if (value === undefined || value === null) return [];
    if (kept === undefined || kept === null) return [path];
    return typeof value === "object" && typeof kept === "object" ? lostFields(value as object, kept, path) : [];
  });
}
