import { unimplemented } from "../../wire/errors.ts";
import type { JsonObject } from "../../wire/json.ts";
import { loadProtos } from "../../wire/protos.ts";
import { createJsonCodec, type JsonCodec } from "../../wire/rest/codec.ts";
import type { Methods } from "../../wire/server.ts";

type Service = "JobService" | "ModelService" | "EndpointService";

/** Reads requests in protobuf's JSON form, as Google's components write them. */
export class Requests {
  #codec: JsonCodec | undefined;

  /** Throws INVALID_ARGUMENT for a field that isn't there, or a value that it doesn't take. */
  read(service: Service, method: string, json: JsonObject): JsonObject {
    const described = loadProtos()
      .services.find(({ name }) => name === service)
      ?.methods.find(({ name }) => name === method);
    if (described === undefined) throw unimplemented(`${service}.${method}`);
    this.#codec ??= createJsonCodec();
    return this.#codec.readRequest(described, structuredClone(json) as never) as JsonObject;
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
  call(service: Service, method: string, json: JsonObject): JsonObject {
    const implementation = this.#methods[service]?.[method];
    if (implementation === undefined) throw unimplemented(`${service}.${method}`);
    const request = this.#requests.read(service, method, json) as never;
    const answer = implementation(request, { responseHeaders: new Map(), signal: new AbortController().signal });
    if (answer instanceof Promise) throw new Error(`${service}.${method} does not answer at once`);
    return (answer ?? {}) as JsonObject;
  }
}
