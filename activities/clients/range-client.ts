import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import { BrokenAnswer, HttpError, retryAfter } from "./http.ts";

/** Status and headers of an answer; names in lower case. */
export interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

export interface RangeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Filled with the body if that is exactly as long; the connection is closed on any other answer. */
  readonly target: Buffer;
  /** How many more bytes are in the target, also before it fails. */
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

const silenceMilliseconds = 60_000;
const longestHead = 64 * 1024;

/**
 * GET over HTTP/1.1, of which the body is read from the socket straight into memory that is there already. Node's own
 * client makes a new buffer of every 64 KiB: garbage of a file's size, which costs a third of the time and 100 MB.
 * One try; whoever asks owns further ones.
 */
export class RangeClient {
  readonly #idle = new Map<string, Set<Connection>>();

  /** Resolves when the target is full, or when another answer's head is there. Throws `BrokenAnswer`. */
  async get(request: RangeRequest): Promise<Head> {
    request.signal.throwIfAborted();
    const { origin } = request.url;
    const idle = this.#idle.get(origin) ?? new Set();
    this.#idle.set(origin, idle);
    const [kept] = idle;
    const connection = kept ?? new Connection(request.url, (closed) => idle.delete(closed));
    idle.delete(connection);
    const head = await connection.get(request);
    if (connection.isReusable) idle.add(connection);
    return head;
  }
}

/** Whether the answer was a body that filled the target. */
export function isFull({ status, headers }: Head, target: Buffer): boolean {
  return status >= 200 && status < 300 && headers.get("content-length") === String(target.length);
}

/** The error of an answer that is no success. */
export function rangeError({ url }: Pick<RangeRequest, "url">, { status, headers }: Head): HttpError {
  const reason = headers.get("x-error-code") ?? "";
  const message = `GET ${url.origin}${url.pathname} was answered with ${[String(status), reason].join(" ").trim()}`;
  return new HttpError(message, status, reason, retryAfter(headers.get("retry-after")));
}

interface Exchange extends RangeRequest {
  readonly resolve: (head: Head) => void;
  readonly reject: (error: unknown) => void;
  head: Head | null;
  /** Bytes of the head so far, then of the body. */
  filled: number;
}

class Connection {
  readonly #socket: Socket;
  readonly #url: URL;
  /** Where the head is read to. */
  readonly #headBuffer = Buffer.allocUnsafeSlow(longestHead);
  #exchange: Exchange | null = null;
  isReusable = false;

  constructor(url: URL, onClose: (connection: Connection) => void) {
    this.#url = url;
    const isSecure = url.protocol === "https:";
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const options = {
      host,
      port: Number(url.port || (isSecure ? 443 : 80)),
      noDelay: true,
      onread: { buffer: () => this.#next(), callback: (bytes: number) => this.#received(bytes) },
    } satisfies TcpNetConnectOpts;
    const tls = { ...options, servername: host, ALPNProtocols: ["http/1.1"] };
    this.#socket = isSecure ? connectTls(tls) : connectTcp(options);
    this.#socket.setTimeout(silenceMilliseconds, () => {
      this.#fail(new BrokenAnswer(`${url.host} was silent for ${silenceMilliseconds / 1000} s`));
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("end", () => this.#fail(new BrokenAnswer(`${url.host} ended the connection${this.#where()}`)));
    this.#socket.on("close", () => {
      onClose(this);
      this.#fail(new BrokenAnswer(`${url.host} broke the connection${this.#where()}`));
    });
  }

  get(request: RangeRequest): Promise<Head> {
    const { promise, resolve, reject } = Promise.withResolvers<Head>();
    this.isReusable = false;
    const exchange: Exchange = { ...request, resolve, reject, head: null, filled: 0 };
    this.#exchange = exchange;
    const abort = (): void => this.#fail(request.signal.reason);
    request.signal.addEventListener("abort", abort, { once: true });
    const { url, headers } = request;
    const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.ref();
    this.#socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}\r\n`);
    return promise.finally(() => request.signal.removeEventListener("abort", abort));
  }

  /** Where the next bytes go. */
  #next(): Uint8Array {
    const exchange = this.#exchange;
    if (exchange === null || exchange.head === null) return this.#headBuffer.subarray(exchange?.filled ?? 0);
    return exchange.target.subarray(exchange.filled);
  }

  #received(bytes: number): boolean {
    const exchange = this.#exchange;
    if (exchange === null) {
      this.#socket.destroy();
      return false;
    }
    exchange.filled += bytes;
    if (exchange.head === null) this.#readHead(exchange);
    else this.#readBody(exchange, bytes);
    return true;
  }

  #readHead(exchange: Exchange): void {
    const end = this.#headBuffer.subarray(0, exchange.filled).indexOf("\r\n\r\n");
    if (end < 0) {
      if (exchange.filled === longestHead) this.#fail(new BrokenAnswer(`${this.#url.host} sent an endless head`));
      return;
    }
    const head = parseHead(this.#headBuffer.toString("latin1", 0, end));
    const rest = this.#headBuffer.subarray(end + 4, exchange.filled);
    if (head === null) {
      this.#fail(new BrokenAnswer(`${this.#url.host} sent a head that is not HTTP`));
    } else if (head.status < 200) {
      // Early hints and the like: the answer is still to come.
      exchange.filled = rest.copy(this.#headBuffer);
      this.#readHead(exchange);
    } else if (!isFull(head, exchange.target)) {
      this.#finish(exchange, head);
      this.#socket.destroy();
    } else if (rest.length > exchange.target.length) {
      this.#fail(new BrokenAnswer(`${this.#url.host} sent more than it announced`));
    } else {
      exchange.head = head;
      exchange.filled = rest.copy(exchange.target);
      this.#readBody(exchange, exchange.filled);
    }
  }

  #readBody(exchange: Exchange, bytes: number): void {
    if (bytes > 0) exchange.onBytes(bytes);
    const { head, filled, target } = exchange;
    if (head === null || filled < target.length) return;
    this.isReusable = !/close/i.test(head.headers.get("connection") ?? "");
    // What nobody uses keeps no process alive.
    if (this.isReusable) this.#socket.unref();
    else this.#socket.destroy();
    this.#finish(exchange, head);
  }

  #finish(exchange: Exchange, head: Head): void {
    this.#exchange = null;
    exchange.resolve(head);
  }

  #fail(error: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.isReusable = false;
    this.#socket.destroy();
    exchange?.reject(error);
  }

  #where(): string {
    const exchange = this.#exchange;
    if (exchange === null || exchange.head === null) return " before it answered";
    return ` after ${exchange.filled} of ${exchange.target.length} bytes`;
  }
}

function parseHead(text: string): Head | null {
  const [first = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) return null;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers };
}
