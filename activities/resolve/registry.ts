import type { Environment } from "../clients/environment.ts";
import { UserError } from "../errors.ts";
import { toFailure } from "../failure.ts";
import { parseImage } from "./image.ts";

/** Manifests of single images and of images for several platforms, of both families. */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Registries that take a Google access token. */
const googleHosts = /(^|\.)(pkg\.dev|gcr\.io)$/;

/** A container registry. https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export class Registry {
  readonly #endpoint: string | null;

  constructor({ endpoint }: Environment["registry"]) {
    this.#endpoint = endpoint;
  }

  /** The image by digest, `name@sha256:…`. Throws `NotFound`, `Unauthorized`. */
  async pin(image: string): Promise<string> {
    const { name, host, repository, tag, digest } = parseImage(image);
    if (digest !== null) return `${name}@${digest}`;
    const base = this.#endpoint ?? `https://${host}`;
    const address = `${base.replace(/\/+$/, "")}/v2/${repository}/manifests/${tag}`;
    const response = await this.#head(address, host);
    if (response.status === 404)
      throw new UserError("NotFound", `the registry has no image ${image} (asked ${address})`);
    if (response.status === 401 || response.status === 403) {
      throw new UserError("Unauthorized", `the registry does not let us read ${image} (asked ${address})`);
    }
    if (!response.ok) {
      throw toFailure(Object.assign(new Error(`${address} answered ${response.status}`), { status: response.status }));
    }
    const found = response.headers.get("docker-content-digest");
    if (!found) throw new Error(`${address} answered without Docker-Content-Digest`);
    return `${name}@${found}`;
  }

  async #head(address: string, host: string): Promise<Response> {
    const google = this.#endpoint === null && googleHosts.test(host) ? await googleToken() : undefined;
    const first = await head(address, google);
    if (first.status !== 401 || google !== undefined) return first;
    const token = await anonymousToken(first.headers.get("www-authenticate") ?? "");
    return token === undefined ? first : head(address, token);
  }
}

async function head(address: string, token: string | undefined): Promise<Response> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(address, {
    method: "HEAD",
    headers: { accept: manifestTypes, ...authorization },
    signal: AbortSignal.timeout(30_000),
  });
}

async function googleToken(): Promise<string | undefined> {
  const { GoogleAuth } = await import("google-gax");
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  return (await auth.getAccessToken()) ?? undefined;
}

/** The challenge says where a token for public images is. https://distribution.github.io/distribution/spec/auth/token/ */
async function anonymousToken(challenge: string): Promise<string | undefined> {
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  if (!/^bearer /i.test(challenge) || fields["realm"] === undefined) return undefined;
  const address = new URL(fields["realm"]);
  for (const key of ["service", "scope"]) if (fields[key] !== undefined) address.searchParams.set(key, fields[key]);
  const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) return undefined;
  const body = (await response.json()) as { token?: string; access_token?: string };
  return body.token ?? body.access_token;
}
