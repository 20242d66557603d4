import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "@bufbuild/protobuf";
import { isRecord, readBytes } from "../../../http/body.ts";
import { missingMethod } from "../absent-methods.ts";
import { type Caller, isStream } from "../calls.ts";
import { VertexError } from "../errors.ts";
import { type Binding, findBinding, loadBindings } from "./bindings.ts";
import { createJsonCodec, type JsonCodec, setField } from "./codec.ts";
import { httpStatus } from "./status.ts";

/** Answers a request of Vertex's REST API; false when the path is none of its. */
export type RestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Vertex's REST API (https://cloud.google.com/vertex-ai/docs/reference/rest), over the methods that gRPC has. */
export function createRestHandler(caller: Caller): RestHandler {
  // Read at the first request: a server that only speaks gRPC starts without.
  let loaded: { readonly bindings: readonly Binding[]; readonly codec: JsonCodec } | undefined;
  return async (request, response) => {
    const { pathname: asked, searchParams } = new URL(request.url ?? "/", "http://localhost");
    // Google's Python client polls operations at this other prefix.
    const pathname = asked.replace(/^\/ui\/(?=projects\/.*\/operations\/)/, "/v1/");
    if (!/^\/v(?:1|1beta1|3)\//.test(pathname)) return false;
    loaded ??= { bindings: loadBindings(), codec: createJsonCodec() };
    const { bindings, codec } = loaded;
    const found = findBinding(bindings, request.method ?? "GET", pathname);
    try {
      if (found === undefined)
        throw new VertexError("NOT_FOUND", `${request.method} ${pathname} is no method of this API.`);
      await answer(found.binding, found.variables, searchParams);
    } catch (error) {
      sendError(response, caller.fail(found?.binding.name ?? pathname, error), codec);
    }
    return true;

    async function answer(binding: Binding, variables: Readonly<Record<string, string>>, query: URLSearchParams) {
      const { method, name } = binding;
      const implementation = caller.find(binding.service.fullName, method.name);
      if (implementation === undefined) throw missingMethod(name);
      const message = readRequest(binding, variables, query, await readBytes(request), request, codec);
      const gone = new AbortController();
      response.once("close", () => gone.abort(new VertexError("CANCELLED", "the client went away")));
      const responseHeaders = new Map<string, string>();
      const result = await caller.call(name, implementation, message, { responseHeaders, signal: gone.signal });
      for (const [key, value] of responseHeaders) response.setHeader(key, value);
      const options = { enumsAsNumbers: /enum-encoding=int/.test(query.get("$alt") ?? "") };
      const raw = method.response === "google.api.HttpBody";
      if (isStream(result)) {
        if (raw) return sendRaw(response, result);
        return sendStream(response, result, write, query.get("alt") === "sse" ? serverSentEvents : jsonArray);
      }
      if (raw) return sendRaw(response, single(result as HttpBody));
      const body = JSON.stringify(write(result ?? {}), null, 2);
      response.writeHead(200, { "content-type": "application/json; charset=UTF-8" }).end(`${body}\n`);

      function write(part: object) {
        return codec.writeResponse(method, part, options);
      }
    }
  };
}

interface HttpBody {
  readonly contentType?: string;
  readonly data?: Buffer;
}

/** Query parameters that every Google API has, and that are no fields. */
const systemParameters =
  /^(?:\$|alt$|key$|access_token$|callback$|fields$|oauth_token$|prettyPrint$|quotaUser$|upload)/;

function readRequest(
  { method, rule }: Binding,
  variables: Readonly<Record<string, string>>,
  query: URLSearchParams,
  bytes: Buffer,
  request: IncomingMessage,
  codec: JsonCodec,
): object {
  const type = codec.requestType(method);
  const httpBody = type.fields.find(({ message }) => message?.typeName === "google.api.HttpBody");
  const json: JsonObject = {};
  if (rule.body === "*" && httpBody !== undefined) {
    const contentType = request.headers["content-type"] ?? "application/json";
    json[httpBody.jsonName] = { contentType, data: bytes.toString("base64") };
  } else if (rule.body === "*") Object.assign(json, parseBody(bytes));
  else if (rule.body !== "") {
    const field = type.fields.find(({ name }) => name === rule.body);
    json[field?.jsonName ?? rule.body] = parseBody(bytes);
  }
  for (const name of new Set(query.keys())) {
    if (!systemParameters.test(name)) setField(json, type, name, query.getAll(name));
  }
  for (const [path, value] of Object.entries(variables)) setField(json, type, path, [value]);
  return codec.readRequest(method, json);
}

function parseBody(bytes: Buffer): JsonObject {
  if (bytes.length === 0) return {};
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new VertexError("INVALID_ARGUMENT", `Invalid JSON payload received. ${String(error)}`);
  }
  if (!isRecord(json))
    throw new VertexError("INVALID_ARGUMENT", "Invalid JSON payload received. It should be an object.");
  return json as JsonObject;
}

async function* single(body: HttpBody): AsyncGenerator<HttpBody> {
  yield body;
}

/** google.api.HttpBody: its bytes are the answer. */
async function sendRaw(response: ServerResponse, parts: AsyncIterable<HttpBody>): Promise<void> {
  for await (const { contentType, data } of parts) {
    if (!response.headersSent) response.writeHead(200, { "content-type": contentType || "application/octet-stream" });
    if (data !== undefined) response.write(data);
  }
  response.end();
}

/** What stands around the messages of a stream. */
interface StreamForm {
  readonly contentType: string;
  readonly first: string;
  readonly next: string;
  readonly end: string;
  readonly indent: number;
}

/**
 * One JSON array, of which each element is sent when it is there: what Google's servers do unless `alt=sse` is asked.
 * Nothing comes after it: Google's Python client takes that for the beginning of another.
 */
const jsonArray: StreamForm = {
  ...{ contentType: "application/json; charset=UTF-8", first: "[", next: ",\r\n", end: "\n]", indent: 2 },
};
/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
const serverSentEvents: StreamForm = {
  ...{ contentType: "text/event-stream", first: "data: ", next: "\r\n\r\ndata: ", end: "\r\n\r\n", indent: 0 },
};

async function sendStream(
  response: ServerResponse,
  parts: AsyncIterable<object>,
  write: (part: object) => unknown,
  { contentType, first, next, end, indent }: StreamForm,
): Promise<void> {
  let begun = false;
  for await (const part of parts) {
    if (!begun) response.writeHead(200, { "content-type": contentType });
    response.write(`${begun ? next : first}${JSON.stringify(write(part), null, indent)}`);
    begun = true;
  }
  if (begun) response.end(end);
  else response.writeHead(200, { "content-type": contentType }).end(indent === 0 ? "" : "[]");
}

/** Google's JSON form of an error (https://cloud.google.com/apis/design/errors#http_mapping). */
function sendError(response: ServerResponse, error: VertexError, codec: JsonCodec): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = httpStatus(error.code);
  const details = codec.writeDetails(error.details);
  const body = {
    error: { code: status, message: error.message, status: error.code, ...(details.length > 0 && { details }) },
  };
  response
    .writeHead(status, { "content-type": "application/json; charset=UTF-8" })
    .end(`${JSON.stringify(body, null, 2)}\n`);
}
