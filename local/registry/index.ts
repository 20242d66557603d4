import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../http/body.ts";
import { matchRoute, type Route, route } from "../http/router.ts";
import { serveHttp } from "../http/serve.ts";
import type { LocalImage } from "../images.ts";
import { EmptyImageError, imageManifest } from "./manifest.ts";

export interface RegistryOptions {
  /** 0 or none: a free one. */
  readonly port?: number;
  readonly images: readonly LocalImage[];
}

export interface RegistryServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The part of a container registry that pins an image: its manifest, by tag or digest. The digest is taken anew each
 * time, since the program's files may have changed.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export async function startRegistry(options: RegistryOptions): Promise<RegistryServer> {
  const routes = [
    route("GET|HEAD", "/v2/", (_, { response }) => sendJson(response, 200, {})),
    route("GET|HEAD", "/v2/*name/manifests/:reference", async ({ name, reference }, { request, response }) => {
      const image = options.images.find((candidate) => repositoryOf(candidate.name) === name);
      if (image === undefined) return refuse(response, "NAME_UNKNOWN", `there is no image ${name} on this machine`);
      const { body, digest, mediaType } = await imageManifest(image);
      if (reference.startsWith("sha256:") && reference !== digest) {
        return refuse(response, "MANIFEST_UNKNOWN", `${name} is now ${digest}: its files changed since ${reference}`);
      }
      const headers = {
        "content-type": mediaType,
        "docker-content-digest": digest,
        "content-length": Buffer.byteLength(body),
      };
      response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : body);
    }),
  ];
  const { url, close } = await serveHttp(options.port ?? 0, (request, response) => answer(routes, request, response));
  return { url, close };
}

async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader("docker-distribution-api-version", "registry/2.0");
  const match = matchRoute(routes, request);
  try {
    if (match === undefined) refuse(response, "UNSUPPORTED", `${request.method} ${request.url} is not answered here`);
    else await match.route.handle(match.parameters, { request, response, query: match.query });
  } catch (error) {
    if (!(error instanceof EmptyImageError)) throw error;
    refuse(response, "MANIFEST_UNKNOWN", error.message);
  }
}

function refuse(response: ServerResponse, code: string, message: string): void {
  sendJson(response, 404, { errors: [{ code, message }] });
}

/** An image's name without its registry's host: what stands in the registry's paths. */
function repositoryOf(name: string): string {
  const [host = "", ...rest] = name.split("/");
  return rest.length > 0 && (/[.:]/.test(host) || host === "localhost") ? rest.join("/") : name;
}
