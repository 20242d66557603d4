import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

/** One HTTP request. Nothing here is tried again: whoever asks owns that. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly signal: AbortSignal;
  /** How long the connection may be silent; 60 s unless it is known to take longer. */
  readonly silenceMilliseconds?: number;
}

/** An answer that is no success. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  /** What the service calls it (`<Code>` of Cloud Storage, `X-Error-Code` of the Hub); empty when it has no name. */
  readonly reason: string;
  /** When the service wants to be asked again; null when it does not say. */
  readonly retryAfterMilliseconds: number | null;

  constructor(message: string, status: number, reason: string, retryAfterMilliseconds: number | null) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMilliseconds = retryAfterMilliseconds;
  }
}

/** An answer did not come whole, or not at all: another try may get it. */
export class BrokenAnswer extends Error {
  override readonly name = "BrokenAnswer";
  readonly code = "BrokenAnswer";
}

// Connections are kept, because a large file is hundreds of requests.
const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
const usualSilence = 60_000;
const longestText = 8 * 1024 * 1024;

/** Resolves as soon as the head of the answer is there, whatever its status. */
function send({ method, url, headers = {}, body, signal, ...rest }: HttpRequest): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isSecure = url.protocol === "https:";
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...headers, ...length }, agent: isSecure ? agents.https : agents.http };
  const request = (isSecure ? requestHttps : requestHttp)(url, options, resolve);
  const abort = (): void => {
    request.destroy(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener("abort", abort, { once: true });
  request.once("close", () => signal.removeEventListener("abort", abort));
  request.once("error", reject);
  const silence = rest.silenceMilliseconds ?? usualSilence;
  request.setTimeout(silence, () => {
    request.destroy(new BrokenAnswer(`${url.host} was silent for ${silence / 1000} s`));
  });
  request.end(body);
  return promise;
}

/** The answer's body as text. Throws `HttpError` unless the status is one of those given. */
export async function sendForText(
  request: HttpRequest,
  statuses: readonly number[],
): Promise<{ status: number; headers: IncomingMessage["headers"]; text: string }> {
  const response = await send(request);
  const text = await readText(response);
  const status = response.statusCode ?? 0;
  if (!statuses.includes(status)) throw httpError(request, response, text);
  return { status, headers: response.headers, text };
}

function httpError({ method, url }: HttpRequest, response: IncomingMessage, text: string): HttpError {
  const status = response.statusCode ?? 0;
  const header = response.headers["x-error-code"];
  const reason = typeof header === "string" ? header : (/<Code>([^<]*)<\/Code>/.exec(text)?.[1] ?? "");
  const message = `${method} ${url.origin}${url.pathname} was answered with ${[String(status), reason].join(" ").trim()}`;
  return new HttpError(message, status, reason, retryAfter(response.headers["retry-after"]));
}

/** Seconds, or a date. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
export function retryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  const milliseconds = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? null : Math.max(0, milliseconds);
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > longestText) throw new BrokenAnswer(`an answer is longer than ${longestText} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
