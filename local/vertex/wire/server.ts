import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type CallOptions, createCaller } from "./calls.ts";
import type { ServerCertificate } from "./certificates.ts";
import { createGrpcServer } from "./grpc.ts";
import { createRestHandler } from "./rest/server.ts";

export type { Answer, CallContext, Method, Methods } from "./calls.ts";

export interface WireOptions extends CallOptions {
  readonly certificate: ServerCertificate;
}

export interface WireServer {
  /** Resolves with the port. */
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

/** How every TLS connection begins: the type of a handshake record. */
const tlsHandshake = 0x16;
/** How every HTTP/2 connection begins (https://www.rfc-editor.org/rfc/rfc9113#section-3.4). */
const http2Preface = Buffer.from("PRI * HTTP/2.0");

/** gRPC's clients offer HTTP/2 only; who offers HTTP/1.1 beside it wants REST. */
function chooseProtocol(offered: readonly string[]): string | undefined {
  return ["http/1.1", "h2"].find((protocol) => offered.includes(protocol));
}

/**
 * gRPC and REST, each in plain text and over TLS, all on one port: what a connection begins with tells which it is.
 */
export function createWireServer(options: WireOptions): WireServer {
  const caller = createCaller(options);
  const grpc = createGrpcServer(caller);
  const rest = createRestHandler(caller);
  const { certificate, log } = options;

  const http = createHttpServer({ keepAliveTimeout: 30_000, requestTimeout: 0 }, (request, response) => {
    const answered = async () => {
      if (await rest(request, response)) return;
      response.writeHead(404, { "content-type": "text/plain" }).end(`There is nothing at ${request.url}.\n`);
    };
    answered().catch((error: unknown) => {
      log(`${request.method} ${request.url} broke: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  const tls = createTlsServer(
    { key: certificate.key, cert: certificate.certificate, ALPNCallback: ({ protocols }) => chooseProtocol(protocols) },
    (socket: TLSSocket) => (socket.alpnProtocol === "h2" ? grpc.accept(socket) : http.emit("connection", socket)),
  );
  // A client that doesn't trust the certificate says so on its own side.
  tls.on("tlsClientError", () => undefined);

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const sniff = () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.once("readable", sniff);
      socket.unshift(first);
      if (first[0] === tlsHandshake) tls.emit("connection", socket);
      else if (http2Preface.subarray(0, first.length).equals(first.subarray(0, http2Preface.length)))
        grpc.accept(socket);
      else http.emit("connection", socket);
    };
    socket.once("readable", sniff);
  });
  return {
    listen: (port) => listen(server, port),
    async close() {
      grpc.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server listens on no port");
  return address.port;
}
