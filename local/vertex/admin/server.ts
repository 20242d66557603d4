import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, DrivenClock } from "../../clock.ts";
import { VertexError } from "../wire/errors.ts";
import type { Admin, ReplicaReference } from "./admin.ts";
import type { MethodFault, StartDelay } from "./faults.ts";

/** The body of each request of the admin API, by path; each is a POST that answers `{}`. */
export interface AdminRequests {
  /** The next calls of a method are refused. */
  readonly "/faults/method": MethodFault;
  /** The next starts of a kind take longer. */
  readonly "/faults/delay": StartDelay;
  /** The next CustomJobs find no resources. */
  readonly "/faults/stockout": { readonly times: number };
  /** No fault waits any more. */
  readonly "/faults/clear": Readonly<Record<string, never>>;
  /** A running CustomJob loses its machines. */
  readonly "/preempt": { readonly customJob: string };
  /** The next deployed models answer every prediction with 500. */
  readonly "/replicas/break": { readonly times: number };
  readonly "/replicas/fail": ReplicaReference;
  readonly "/replicas/health": ReplicaReference & { readonly healthy: boolean };
  /** Only where the server runs by a driven clock. */
  readonly "/clock/advance": { readonly milliseconds: number };
}

type Handlers = { readonly [Path in keyof AdminRequests]: (request: AdminRequests[Path]) => void | Promise<void> };

export interface AdminServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The admin API as JSON over HTTP, for tests in other processes and languages. */
export async function startAdminServer(admin: Admin, clock: Clock, port: number): Promise<AdminServer> {
  const handlers: Handlers = {
    "/faults/method": (fault) => admin.faults.failMethod(fault),
    "/faults/delay": (delay) => admin.faults.delayStart(delay),
    "/faults/stockout": ({ times }) => admin.faults.stockOut(times),
    "/faults/clear": () => admin.faults.clear(),
    "/preempt": ({ customJob }) => admin.preempt(customJob),
    "/replicas/break": ({ times }) => admin.faults.breakReplicas(times),
    "/replicas/fail": (replica) => admin.failReplica(replica),
    "/replicas/health": ({ healthy, ...replica }) => admin.setReplicaHealth(replica, healthy),
    "/clock/advance": ({ milliseconds }) => {
      if (!(clock instanceof DrivenClock))
        throw new VertexError("FAILED_PRECONDITION", "This server runs by the machine's clock.");
      return clock.advance(milliseconds);
    },
  };
  const server = createServer((request, response) => {
    answer(handlers, request)
      .then(() => send(response, 200, {}))
      .catch((thrown: unknown) => {
        const { code, message } = VertexError.from(thrown);
        send(response, code === "INTERNAL" ? 500 : 400, { error: { code, message } });
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the admin server listens on no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(handlers: Handlers, request: IncomingMessage): Promise<void> {
  const handler = (handlers as Readonly<Record<string, ((body: never) => void | Promise<void>) | undefined>>)[
    request.url ?? ""
  ];
  if (request.method !== "POST" || handler === undefined) {
    throw new VertexError(
      "NOT_FOUND",
      `${request.method} ${request.url}: known are POST ${Object.keys(handlers).join(", ")}.`,
    );
  }
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  let body: unknown;
  try {
    body = JSON.parse(text === "" ? "{}" : text);
  } catch (error) {
    throw new VertexError("INVALID_ARGUMENT", `The body is not JSON: ${String(error)}`);
  }
  await handler(body as never);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
