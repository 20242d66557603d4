import { createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string }
  /** The connection ends before the server hears of the request. */
  | { readonly kind: "refuse" }
  /** The server does what was asked, and its answer gets lost. */
  | { readonly kind: "lose" }
  /** The connection ends after so many bytes of the answer's body. */
  | { readonly kind: "truncate"; readonly bytes: number }
  /** A byte of the answer's body, or of the request's, arrives with other bits. */
  | { readonly kind: "corrupt"; readonly at: number; readonly direction: "answer" | "request" }
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string>> }
  /** Sends the reader elsewhere, and says of what. */
  | { readonly kind: "redirect"; readonly headers: Readonly<Record<string, string>> };

/** A server in front of another one, whose requests go wrong as a test says. */
export interface FaultProxy {
  readonly url: string;
  /** Called with each request; null when it goes well. */
  fault: (request: IncomingMessage) => Fault | null | Promise<Fault | null>;
  /** Requests that came, as `METHOD path?query`. */
  readonly requests: string[];
  /** Bytes of bodies that went back to the reader. */
  answeredBytes: number;
  close(): Promise<void>;
}

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const server = createServer((request, response) => {
    proxy.requests.push(`${request.method} ${request.url}`);
    handle(proxy, upstream, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: () => null,
    requests: [],
    answeredBytes: 0,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function handle(proxy: FaultProxy, upstream: string, request: IncomingMessage, response: ServerResponse) {
  const fault = await proxy.fault(request);
  if (fault?.kind === "refuse") {
    response.destroy();
    return;
  }
  if (fault?.kind === "status" || fault?.kind === "redirect") {
    const isRedirect = fault.kind === "redirect";
    const retry = !isRedirect && fault.retryAfter !== undefined ? { "retry-after": fault.retryAfter } : {};
    response.writeHead(isRedirect ? 302 : fault.status, isRedirect ? fault.headers : retry);
    request.resume().once("end", () => response.end("no"));
    return;
  }
  const answer = await forward(upstream, request, fault);
  if (fault?.kind === "lose") {
    answer.resume().once("end", () => response.destroy());
    return;
  }
  response.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...(fault?.kind === "headers" && fault.headers) });
  let at = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const isTruncated = fault?.kind === "truncate" && at + chunk.length >= fault.bytes;
    const sent = isTruncated ? chunk.subarray(0, fault.bytes - at) : chunk;
    if (fault?.kind === "corrupt" && fault.direction === "answer") flip(sent, fault.at - at);
    at += chunk.length;
    proxy.answeredBytes += sent.length;
    if (!response.write(sent)) await drained(response);
    if (isTruncated) {
      await new Promise((written) => setImmediate(written));
      response.destroy();
      return;
    }
    if (response.destroyed) return;
  }
  response.end();
}

/** Or closed. */
async function drained(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("drain", resolve).once("close", resolve);
  await promise;
  response.off("drain", resolve).off("close", resolve);
}

function forward(upstream: string, request: IncomingMessage, fault: Fault | null): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, headers } = request;
    const onward = requestHttp(`${upstream}${request.url}`, { ...(method && { method }), headers }, resolve);
    onward.once("error", reject);
    request.once("close", () => request.complete || onward.destroy());
    let at = 0;
    request.on("data", (chunk: Buffer) => {
      if (fault?.kind === "corrupt" && fault.direction === "request") flip(chunk, fault.at - at);
      at += chunk.length;
      onward.write(chunk);
    });
    request.once("end", () => onward.end());
  });
}

function flip(chunk: Buffer, at: number): void {
  const byte = chunk[at];
  if (byte !== undefined) chunk[at] = byte ^ 0x40;
}
