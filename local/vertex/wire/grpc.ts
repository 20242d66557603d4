import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import { type CallContext, type Caller, isStream, type Method } from "./calls.ts";
import { unimplemented, VertexError } from "./errors.ts";
import { loadProtos, loadStatusEncoder, serviceDefinition } from "./protos.ts";

type Injector = ReturnType<Server["createConnectionInjector"]>;

export interface GrpcServer {
  /** Takes over a connection that speaks HTTP/2. */
  accept: Injector["injectConnection"];
  close(): void;
}

type Call = ServerUnaryCall<object, object> | ServerWritableStream<object, object>;

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
    return async (call: ServerWritableStream<object, object>) => {
      const context = contextOf(call);
      try {
        const answer = await caller.call(name, method, call.request, context);
        sendHeaders(call, context);
        if (isStream(answer)) for await (const part of answer) call.write(part);
        call.end();
      } catch (error) {
        call.emit("error", refusal(name, error));
      }
    };
  };

  const missing = (name: string, answersStream: boolean): UntypedHandleCall =>
    answersStream
      ? (call: ServerWritableStream<object, object>) => void call.emit("error", refusal(name, unimplemented(name)))
      : (_call: unknown, callback: sendUnaryData<object>) => callback(refusal(name, unimplemented(name)));

  for (const service of loadProtos().services) {
    const handlers = service.methods.map(({ name, definition }): [string, UntypedHandleCall] => {
      const fullName = `${service.name}.${name}`;
      const method = caller.find(service.fullName, name);
      if (method === undefined || definition.requestStream) return [name, missing(fullName, definition.responseStream)];
      return [name, definition.responseStream ? streaming(fullName, method) : unary(fullName, method)];
    });
    server.addService(serviceDefinition(service), Object.fromEntries(handlers));
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return { accept: injector.injectConnection, close: () => server.forceShutdown() };
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
