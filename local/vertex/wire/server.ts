import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { unimplemented, VertexError } from "./errors.ts";
import { loadServices, loadStatusEncoder, type ServiceName } from "./protos.ts";

export interface CallContext {
  /** Headers sent before the answer. */
  readonly responseHeaders: Map<string, string>;
  /** Aborted when the client goes away or its deadline passes. */
  readonly signal: AbortSignal;
}

/** A method as a plain function of its request; it throws {@link VertexError}. */
// biome-ignore lint/suspicious/noConfusingVoidType: an empty answer is google.protobuf.Empty
export type Method = (request: never, context: CallContext) => object | void | Promise<object | void>;

export type Methods = { readonly [Service in ServiceName]?: Readonly<Record<string, Method>> };

export interface WireOptions {
  readonly methods: Methods;
  /** Runs before every method; what it throws is the answer. */
  readonly before: (method: string) => void | Promise<void>;
  readonly log: (line: string) => void;
}

export interface WireServer {
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

/** A plaintext gRPC server of all Vertex services; a method without an implementation answers UNIMPLEMENTED by name. */
export function createWireServer({ methods, before, log }: WireOptions): WireServer {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const encodeStatus = loadStatusEncoder();

  const fail = (name: string, thrown: unknown) => {
    const error = VertexError.from(thrown);
    if (!(thrown instanceof VertexError))
      log(`${name} broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", encodeStatus({ ...error.toStatus(), details: error.details }));
    return { code: error.number, details: error.message, metadata };
  };

  for (const [service, definition] of Object.entries(loadServices())) {
    const implementations = methods[service as ServiceName] ?? {};
    const handlers: Record<string, UntypedHandleCall> = {};
    for (const [method, { responseStream }] of Object.entries(definition)) {
      const name = `${service}.${method}`;
      const implementation = implementations[method];
      if (responseStream || implementation === undefined) {
        const refusal = fail(name, unimplemented(name));
        handlers[method] = responseStream
          ? (call: ServerWritableStream<unknown, unknown>) => call.emit("error", refusal)
          : (_call: unknown, callback: sendUnaryData<object>) => callback(refusal);
        continue;
      }
      handlers[method] = (call: ServerUnaryCall<unknown, object>, callback: sendUnaryData<object>) => {
        const gone = new AbortController();
        call.on("cancelled", () => gone.abort(new VertexError("CANCELLED", "the client went away")));
        const context: CallContext = { responseHeaders: new Map(), signal: gone.signal };
        Promise.resolve()
          .then(() => before(name))
          .then(() => implementation(call.request as never, context))
          .then((answer) => {
            if (context.responseHeaders.size > 0) {
              const headers = new Metadata();
              for (const [key, value] of context.responseHeaders) headers.set(key, value);
              call.sendMetadata(headers);
            }
            callback(null, answer ?? {});
          })
          .catch((error: unknown) => callback(fail(name, error)));
      };
    }
    server.addService(definition, handlers);
  }

  return {
    listen: (port) =>
      new Promise((resolve, reject) => {
        server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
          error ? reject(error) : resolve(bound),
        );
      }),
    close: async () => server.forceShutdown(),
  };
}
