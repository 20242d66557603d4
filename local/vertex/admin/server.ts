import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Clock, DrivenClock } from "../../clock.ts";
import { VertexError } from "../wire/errors.ts";
import type { Admin } from "./admin.ts";
import { type AdminRequests, adminPaths, type ClockReading, parseAdminRequest } from "./requests.ts";

type Handlers = {
  // biome-ignore lint/suspicious/noConfusingVoidType: an empty answer
  readonly [Path in keyof AdminRequests]: (request: AdminRequests[Path]) => void | object | Promise<void | object>;
};

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
    "/clock/advance": async ({ milliseconds }) => {
      if (!(clock instanceof DrivenClock))
        throw new VertexError("FAILED_PRECONDITION", "This server runs by the machine's clock.");
      await clock.advance(milliseconds);
      return reading(clock);
    },
    "/clock": () => reading(clock),
  };
  const server = createServer((request, response) => {
    answer(handlers, request)
      .then((result) => send(response, 200, result ?? {}))
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

function reading(clock: Clock): ClockReading {
  return { now: clock.now(), driven: clock instanceof DrivenClock };
}

// biome-ignore lint/suspicious/noConfusingVoidType: an empty answer
async function answer(handlers: Handlers, request: IncomingMessage): Promise<void | object> {
  const path = adminPaths.find((known) => known === request.url);
  if (request.method !== "POST" || path === undefined)
    throw new VertexError("NOT_FOUND", `${request.method} ${request.url}: known are POST ${adminPaths.join(", ")}.`);
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  let body: unknown;
  try {
    body = JSON.parse(text === "" ? "{}" : text);
  } catch (error) {
    throw new VertexError("INVALID_ARGUMENT", `The body is not JSON: ${String(error)}`);
  }
  return handlers[path](parseAdminRequest(path, body) as never);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
