import { once } from "node:events";
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { missingMethod } from "./absent-methods.ts";
import { type CallContext, type Caller, isStream, type Method } from "./calls.ts";
import { VertexError } from "./errors.ts";
import { loadProtos, loadStatusEncoder, serviceDefinition } from "./protos.ts";

type Injector = ReturnType<Server["createConnectionInjector"]>;

export interface GrpcServer {
  /** Takes over a connection that speaks HTTP/2. */
  accept: Injector["injectConnection"];
  close(): void;
}

type StreamingCall = ServerWritableStream<object, object> | ServerDuplexStream<object, object>;
type Call = ServerUnaryCall<object, object> | StreamingCall;

/** Every service of the API; a method without an implementation answers UNIMPLEMENTED by name. */
export function createGrpcServer(caller: Caller): GrpcServer {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const encodeStatus = loadStatusEncoder();

  const refusal = (name: string, thrown: unknown) => {
    const error = caller.fail(name, thrown);
    const metadata = new Metadata();
    metadata.set("grpc-status-details-bin", encodeStatus({ ...error.toStatus(), details: error.details }));
    return { code: error.number, details: error.message, metadata };
  };

  const unary = (name: string, method: Method): UntypedHandleCall => {
    return (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => {
      const context = contextOf(call);
      caller.call(name, method, call.request, context).then(
        (answer) => {
          sendHeaders(call, context);
          callback(null, answer ?? {});
        },
        (error: unknown) => callback(refusal(name, error)),
      );
    };
  };

  const streaming = (name: string, method: Method): UntypedHandleCall => {
    return async (call: StreamingCall) => {
      const context = contextOf(call);
      try {
        const request = "request" in call ? call.request : requestsOf(call, context);
        const answer = await caller.call(name, method, request, context);
        sendHeaders(call, context);
        if (isStream(answer)) await sendAll(call, answer, context);
        call.end();
      } catch (error) {
        call.emit("error", refusal(name, error));
      }
    };
  };

  const missing = (name: string, answersStream: boolean): UntypedHandleCall =>
    answersStream
      ? (call: StreamingCall) => void call.emit("error", refusal(name, missingMethod(name)))
      : (_call: unknown, callback: sendUnaryData<object>) => callback(refusal(name, missingMethod(name)));

  for (const service of loadProtos().services) {
    const handlers = service.methods.map(({ name, definition }): [string, UntypedHandleCall] => {
      const fullName = `${service.name}.${name}`;
      const method = caller.find(service.fullName, name);
      if (method === undefined) return [name, missing(fullName, definition.responseStream)];
      return [name, definition.responseStream ? streaming(fullName, method) : unary(fullName, method)];
    });
    server.addService(serviceDefinition(service), Object.fromEntries(handlers));
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return { accept: injector.injectConnection, close: () => server.forceShutdown() };
}

/** What a client sends, until it has sent all; leaving off early doesn't end the call. Throws when the client is gone. */
async function* requestsOf(call: ServerDuplexStream<object, object>, { signal }: CallContext): AsyncGenerator<object> {
  try {
    yield* call.iterator({ destroyOnReturn: false }) as AsyncIterable<object>;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** No faster than the client reads. */
async function sendAll(call: StreamingCall, parts: AsyncIterable<object>, { signal }: CallContext): Promise<void> {
  for await (const part of parts) {
    signal.throwIfAborted();
    if (!call.write(part)) await once(call, "drain", { signal });
  }
}

function contextOf(call: Call): CallContext {
  const gone = new AbortController();
  (call as ServerUnaryCall<object, object>).on("cancelled", () =>
    gone.abort(new VertexError("CANCELLED", "the client went away")),
  );
  return { responseHeaders: new Map(), signal: gone.signal };
}

function sendHeaders(call: Call, { responseHeaders }: CallContext): void {
  if (responseHeaders.size === 0) return;
  const headers = new Metadata();
  for (const [key, value] of responseHeaders) headers.set(key, value);
  call.sendMetadata(headers);
}
