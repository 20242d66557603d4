import { createRequire } from "node:module";
import { helpers, v1 } from "@google-cloud/aiplatform";
import { status } from "@grpc/grpc-js";
import type { ClientOptions } from "google-gax";
import { toProto3JSON } from "proto3-json-serializer";
import protobuf from "protobufjs";
import type { Json, JsonObject, Outcome, Transport } from "./case.ts";

type Call = (request: object, options?: object) => Promise<readonly [object, ...unknown[]]>;
type Client = { readonly [method: string]: Call } & { close(): Promise<void> };
interface LongRunning {
  promise(): Promise<readonly [object, ...unknown[]]>;
}

/** Google's client for TypeScript. */
export function grpcTransport(options: ClientOptions): Transport {
  const clients = new Map<string, Client>();
  const clientOf = (service: string): Client => {
    const known = clients.get(service);
    if (known !== undefined) return known;
    const Service = (v1 as unknown as Record<string, new (options: ClientOptions) => Client>)[`${service}Client`];
    if (Service === undefined) throw new Error(`the client has no ${service}`);
    const client = new Service(options);
    clients.set(service, client);
    return client;
  };
  return {
    name: "gRPC",
    async call(step, request) {
      const [service = "", method = ""] = step.call.split(".");
      const name = `${method[0]?.toLowerCase()}${method.slice(1)}`;
      const client = clientOf(service);
      try {
        const [answer, , page] = (await client[name]?.(toMessage(request) as object, { autoPaginate: false })) ?? [];
        if (answer === undefined) throw new Error(`${service} has no ${name}`);
        if (step.operation !== undefined) {
          const [response] = await (answer as LongRunning).promise();
          return { answer: toJson(response, responseOfOperation(service, method)) };
        }
        // A list comes as its items, with the whole answer as the third.
        const whole = Array.isArray(answer) ? (page as object) : answer;
        return { answer: toJson(whole, methodOf(service, method).responseType) };
      } catch (error) {
        return refusal(error);
      }
    },
    close: async () => void (await Promise.all([...clients.values()].map((client) => client.close()))),
  };
}

function refusal(error: unknown): Outcome {
  const { code, message } = error as { code?: number; message?: string };
  if (typeof code !== "number") throw error;
  return { error: status[code] ?? String(code), message: message ?? "" };
}

const require = createRequire(import.meta.url);
const root = protobuf.Root.fromJSON(
  require("@google-cloud/aiplatform/build/protos/protos.json") as protobuf.INamespace,
).resolveAll();

function methodOf(service: string, method: string): protobuf.Method {
  const found = root.lookupService(`google.cloud.aiplatform.v1.${service}`).methods[method];
  if (found === undefined) throw new Error(`${service} has no ${method}`);
  return found;
}

function responseOfOperation(service: string, method: string): string {
  const type = methodOf(service, method).options?.["(google.longrunning.operation_info).response_type"];
  return String(type);
}

/** By Google's own serializer; of an empty answer there is nothing to see. */
function toJson(message: object, type: string): JsonObject {
  if (type.endsWith("protobuf.Empty")) return {};
  const described = root.lookupType(type.includes(".") ? type : `google.cloud.aiplatform.v1.${type}`);
  return toProto3JSON(described.fromObject(message) as never) as JsonObject;
}

/** Fields that are Struct, maps of Value, lists of Value, Value, and field masks: the client takes them as messages only. */
const structs = new Set(["pipelineSpec", "metadata"]);
const valueMaps = new Set(["parameterValues"]);
const valueLists = new Set(["instances"]);
const values = new Set(["metrics", "parameters"]);
const masks = new Set(["updateMask", "readMask"]);

function toMessage(json: Json, key = ""): unknown {
  if (structs.has(key)) return (helpers.toValue(json as object) as { structValue?: object }).structValue;
  if (valueMaps.has(key))
    return Object.fromEntries(
      Object.entries(json as JsonObject).map(([name, value]) => [name, helpers.toValue(value as object)]),
    );
  if (valueLists.has(key)) return (json as readonly Json[]).map((value) => helpers.toValue(value as object));
  if (values.has(key)) return helpers.toValue(json as object);
  if (masks.has(key))
    return {
      paths: String(json)
        .split(",")
        .map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    };
  if (Array.isArray(json)) return json.map((item: Json) => toMessage(item));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, toMessage(value, name)]));
}
