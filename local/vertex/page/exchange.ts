import type { IncomingMessage, ServerResponse } from "node:http";
import type { VertexError } from "../wire/errors.ts";

/** Nothing on the page comes from elsewhere, and no text in it can become a program. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function sendPage(response: ServerResponse, document: string, status = 200): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    // Stricter ones would hide the page's own origin from it, by which it knows its own forms.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  });
  response.end(response.req.method === "HEAD" ? undefined : document);
}

/** A name that leads here from elsewhere would let a stranger's page read this one. */
export function isForThisMachine({ headers: { host = "" } }: IncomingMessage): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(host.replace(/:\d+$/, ""));
}

/** A page of another origin may send a form, but can't hide that it did. */
export function isFromThePage({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === `http://${host}`;
}

export function httpStatusOf({ code }: VertexError): number {
  switch (code) {
    case "INVALID_ARGUMENT":
    case "FAILED_PRECONDITION":
      return 400;
    case "PERMISSION_DENIED":
      return 403;
    case "NOT_FOUND":
      return 404;
    case "INTERNAL":
      return 500;
    default:
      return 409;
  }
}
