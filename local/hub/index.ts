import { mkdir } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Clock, realClock } from "../clock.ts";
import { BodyError, sendJson } from "../http/body.ts";
import { type Exchange, matchRoute, type Route } from "../http/router.ts";
import { serveHttp } from "../http/serve.ts";
import { createRepo, deleteRepo, listRepos, validateYaml, whoAmI } from "./account-handlers.ts";
import { type Address, parseAddress } from "./address.ts";
import { BlobStore } from "./blob-store.ts";
import type { Handler, HubParts } from "./context.ts";
import { HubDatabase } from "./database.ts";
import { HubError } from "./errors.ts";
import { file } from "./file-handler.ts";
import { Identities } from "./identities.ts";
import { LargeFiles } from "./large-files.ts";
import { askAccess, page } from "./page-handlers.ts";
import { authCheck, commits, info, pathsInfo, refs, tree } from "./read-handlers.ts";
import { Repositories } from "./repositories.ts";
import { Upstream } from "./upstream.ts";
import { branch, commit, grantAccess, preupload, settings, tag } from "./write-handlers.ts";

export interface HubOptions {
  /** `hub.sqlite`, `blobs/` and `tokens.json` stand in it. */
  readonly folder: string;
  /** 0 or none: a free one. */
  readonly port?: number;
  /** Base address of a Hub to read through to; none: what is not here is not found. */
  readonly upstream?: string;
  readonly clock?: Clock;
  /** Further routes under the same address, looked at first. */
  readonly routes?: readonly Route[];
}

export interface HubServer {
  readonly url: string;
  /** For what is done in this process: seeding. */
  readonly repositories: Repositories;
  readonly database: HubDatabase;
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

/** A Hugging Face Hub that speaks to Hugging Face's own clients. https://huggingface.co/docs/hub/api */
export async function startHub(options: HubOptions): Promise<HubServer> {
  await mkdir(options.folder, { recursive: true });
  const database = new HubDatabase(join(options.folder, "hub.sqlite"));
  const repositories = new Repositories(database, options.clock ?? realClock);
  const blobs = await BlobStore.open(join(options.folder, "blobs"));
  let url = "";
  const hub: HubParts = {
    database,
    repositories,
    blobs,
    identities: new Identities(join(options.folder, "tokens.json"), database),
    upstream: options.upstream === undefined ? null : new Upstream(options.upstream, database, repositories),
    baseUrl: () => url,
  };
  const largeFiles = new LargeFiles(hub);
  const server = await serveHttp(options.port ?? 0, (request, response) =>
    answer({ hub, largeFiles, routes: options.routes ?? [] }, request, response),
  );
  url = server.url;
  return {
    url,
    repositories,
    database,
    blobs,
    async close() {
      await server.close();
      database.close();
    },
  };
}

/** By method, area and action of an address. */
const handlers: Readonly<Record<string, Handler>> = {
  "GET api/": info,
  "GET api/revision": info,
  "GET api/refs": refs,
  "GET api/tree": tree,
  "POST api/paths-info": pathsInfo,
  "GET api/commits": commits,
  "GET api/auth-check": authCheck,
  "POST api/preupload": preupload,
  "POST api/commit": commit,
  "POST api/branch": branch,
  "DELETE api/branch": branch,
  "POST api/tag": tag,
  "DELETE api/tag": tag,
  "PUT api/settings": settings,
  "POST api/user-access-request": grantAccess,
  "GET site/": page,
  "POST site/ask-access": askAccess,
  "GET site/resolve": file,
  "HEAD site/resolve": file,
};

interface Services {
  readonly hub: HubParts;
  readonly largeFiles: LargeFiles;
  readonly routes: readonly Route[];
}

async function answer(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = "/", search = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
  const exchange = { request, response, query: new URLSearchParams(search) };
  try {
    const match = matchRoute(services.routes, request);
    if (match !== undefined) await match.route.handle(match.parameters, exchange);
    else await dispatch(services, path, exchange);
  } catch (error) {
    sendError(error, request, response);
  }
}

async function dispatch({ hub, largeFiles }: Services, path: string, exchange: Exchange): Promise<void> {
  const { method } = exchange.request;
  switch (`${method} ${path}`) {
    case "GET /api/whoami-v2":
      return whoAmI(hub, exchange);
    case "POST /api/validate-yaml":
      return validateYaml(exchange);
    case "POST /api/repos/create":
      return createRepo(hub, exchange);
    case "DELETE /api/repos/delete":
      return deleteRepo(hub, exchange);
    case "GET /api/models":
      return listRepos(hub, "model", exchange);
    case "GET /api/datasets":
      return listRepos(hub, "dataset", exchange);
    case "GET /api/spaces":
      return listRepos(hub, "space", exchange);
  }
  if (method === "PUT" && path.startsWith("/__lfs/")) return largeFiles.receive(path.slice("/__lfs/".length), exchange);
  const address = parseAddress(path);
  if (address !== undefined && method === "POST" && isBatch(address)) return largeFiles.batch(address.repo, exchange);
  const handler = address && handlers[`${method} ${address.area}/${address.action}`];
  if (address === undefined || handler === undefined) {
    throw new HubError("NOT_FOUND", `The local Hub does not know ${method} ${path}`);
  }
  return handler(hub, address, exchange);
}

function isBatch({ area, action, rest }: Address): boolean {
  return area === "site" && action === "info" && rest.join("/") === "lfs/objects/batch";
}

function sendError(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || request.errored) {
    // The client went away, or is in the midst of a body: breaking it off is the only thing left to say.
    if (thrown instanceof HubError) console.error(`hub: ${request.method} ${request.url}: ${thrown.message}`);
    response.destroy();
    return;
  }
  // A client reads the answer only once its whole body was taken.
  request.resume();
  for (const name of ["content-length", "content-disposition", "etag"]) response.removeHeader(name);
  const error = thrown instanceof BodyError ? new HubError("INVALID", thrown.message) : thrown;
  if (!(error instanceof HubError)) {
    console.error(`hub: ${request.method} ${request.url}:`, thrown);
    sendJson(response, 500, { error: "The local Hub failed; its log says why." });
    return;
  }
  if (error.hubCode !== null) response.setHeader("x-error-code", error.hubCode);
  // A header holds Latin-1 only.
  response.setHeader("x-error-message", error.message.replaceAll(/[^\x20-\x7E]/g, "?"));
  sendJson(response, error.status, { error: error.message });
}
