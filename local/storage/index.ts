import { mkdir, readdir, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Clock, realClock } from "../clock.ts";
import { BodyError, sendJson } from "../http/body.ts";
import { matchRoute, type Route, route } from "../http/router.ts";
import { serveHttp } from "../http/serve.ts";
import { bucketRoutes } from "./bucket-routes.ts";
import { BucketStore } from "./bucket-store.ts";
import { Catalog } from "./catalog.ts";
import { StorageError } from "./errors.ts";
import { MultipartUploads, uploadOfFile } from "./multipart-uploads.ts";
import { objectRoutes } from "./object-routes.ts";
import { type Folders, ObjectStore } from "./object-store.ts";
import { ResumableUploads } from "./resumable-uploads.ts";
import { uploadRoutes } from "./upload-routes.ts";
import { xmlRoutes } from "./xml-routes.ts";

export interface StorageOptions {
  /** Buckets are its folders, objects their files; `.store` in it is the server's own. */
  readonly folder: string;
  /** 0 or none: a free one. */
  readonly port?: number;
  readonly clock?: Clock;
}

export interface StorageServer {
  readonly url: string;
  /** Creates the bucket unless it is there. */
  ensureBucket(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A Cloud Storage that speaks the JSON API, and what large uploads need of the XML API, to Google's own clients. https://cloud.google.com/storage/docs/json_api */
export async function startStorage(options: StorageOptions): Promise<StorageServer> {
  const own = join(options.folder, ".store");
  const folders: Folders = { buckets: options.folder, aside: join(own, "aside"), staging: join(own, "staging") };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  const catalog = new Catalog(join(own, "catalog.sqlite"));
  await removeOrphans(folders.staging, catalog);

  const clock = options.clock ?? realClock;
  const buckets = new BucketStore(catalog, clock, folders);
  const store = new ObjectStore(catalog, clock, folders);
  const uploads = new ResumableUploads(catalog, store, clock);
  let url = "";
  const baseUrl = () => url;
  const routes = [
    ...bucketRoutes(buckets, baseUrl),
    ...objectRoutes(buckets, store, catalog, baseUrl),
    ...uploadRoutes(buckets, store, uploads, baseUrl),
    route("GET", "/projects/:project/serviceAccount", ({ project }, { response }) => {
      const email = `service@${project}.iam.gserviceaccount.com`;
      sendJson(response, 200, { kind: "storage#serviceAccount", email_address: email });
    }),
    ...xmlRoutes(buckets, store, new MultipartUploads(catalog, store, clock)),
  ];
  const server = await serveHttp(options.port ?? 0, (request, response) => answer(routes, request, response));
  url = server.url;
  return {
    url,
    async ensureBucket(name) {
      if (catalog.bucket(name) === undefined) await buckets.create(name, {});
    },
    async close() {
      await server.close();
      catalog.close();
    },
  };
}

async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The clients differ in where they put the API's version: after the host, after the verb, or nowhere.
  request.url = (request.url ?? "/").replace(/^(\/(?:upload|download))?\/storage\/v1\//, "$1/");
  const match = matchRoute(routes, request);
  try {
    if (match === undefined) throw new StorageError("NOT_FOUND", `Not Found: ${request.method} ${request.url}`);
    await match.route.handle(match.parameters, { request, response, query: match.query });
  } catch (error) {
    sendError(error, request, response);
  }
}

function sendError(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent || request.errored) {
    // The client went away, or is in the midst of an answer: there is nothing to say it with.
    response.destroy();
    return;
  }
  // A client reads the answer only once its whole body was taken.
  request.resume();
  const error = toStorageError(thrown);
  if (error === undefined) {
    console.error(`storage: ${request.method} ${request.url}:`, thrown);
    const message = "The local Cloud Storage failed; its log says why.";
    const errors = [{ message, domain: "global", reason: "internalError" }];
    sendJson(response, 500, { error: { code: 500, message, errors } });
  } else if (error.code === "NOT_MODIFIED") {
    response.writeHead(304).end();
  } else {
    sendJson(response, error.status, error);
  }
}

function toStorageError(thrown: unknown): StorageError | undefined {
  if (thrown instanceof BodyError) return new StorageError("INVALID", thrown.message);
  return thrown instanceof StorageError ? thrown : undefined;
}

/** What a process that was killed had begun to write; resumable and multipart uploads go on. */
async function removeOrphans(staging: string, catalog: Catalog): Promise<void> {
  for (const name of await readdir(staging)) {
    const isUpload = name.startsWith("upload-") && catalog.upload(name.slice("upload-".length)) !== undefined;
    const multipart = uploadOfFile(name);
    const isPart = multipart !== undefined && catalog.multipart(multipart) !== undefined;
    if (!isUpload && !isPart) await rm(join(staging, name), { force: true });
  }
}
