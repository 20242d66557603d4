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
      const message = toMessage(request, requestOf(service, method));
      try {
        if (step.stream !== undefined) {
          const messages: JsonObject[] = [];
          const stream = client[name]?.(message) as unknown as AsyncIterable<object>;
          for await (const part of stream) messages.push(toJson(part, methodOf(service, method).responseType));
          return { answer: { messages } };
        }
        const [answer, , page] = (await client[name]?.(message, { autoPaginate: false })) ?? [];
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

function requestOf(service: string, method: string): protobuf.Type {
  const described = methodOf(service, method);
  described.resolve();
  const { resolvedRequestType } = described;
  if (resolvedRequestType === null) throw new Error(`${service}.${method} has no request`);
  return resolvedRequestType;
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

/** As the client takes messages: Value, Struct and FieldMask by their fields, not by their own JSON forms. */
function toMessage(json: Json, type: protobuf.Type): object {
  return Object.fromEntries(
    Object.entries(json as JsonObject).map(([name, value]) => {
      const field = type.fields[name];
      if (field === undefined) throw new Error(`${type.name} has no ${name}`);
      const one = (item: Json) => toField(item, field.resolve().resolvedType);
      if (field instanceof protobuf.MapField)
        return [name, Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, one(item)]))];
      return [name, field.repeated ? (value as readonly Json[]).map(one) : one(value)];
    }),
  );
}

function toField(json: Json, type: protobuf.ReflectionObject | null): unknown {
  if (!(type instanceof protobuf.Type)) return json;
  switch (type.fullName) {
    case ".google.protobuf.Value":
      return helpers.toValue(json as object);
    case ".google.protobuf.Struct":
      return (helpers.toValue(json as object) as { structValue?: object }).structValue;
    case ".google.protobuf.FieldMask": {
      const snake = (path: string) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return { paths: String(json).split(",").map(snake) };
    }
    default:
      return toMessage(json, type);
  }
}
