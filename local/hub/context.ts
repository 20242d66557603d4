import type { IncomingMessage } from "node:http";
import { header } from "../http/body.ts";
import type { Exchange } from "../http/router.ts";
import type { Address } from "./address.ts";
import type { BlobStore } from "./blob-store.ts";
import type { HubDatabase } from "./database.ts";
import { HubError } from "./errors.ts";
import type { Identities, Identity } from "./identities.ts";
import { type Commit, type Repo, type RepoId, repoPath } from "./repo.ts";
import type { Repositories } from "./repositories.ts";
import type { Upstream } from "./upstream.ts";

/** The parts of a Hub, as its handlers use them. */
export interface HubParts {
  readonly database: HubDatabase;
  readonly repositories: Repositories;
  readonly blobs: BlobStore;
  readonly identities: Identities;
  readonly upstream: Upstream | null;
  /** The Hub's own address, known once it listens. */
  readonly baseUrl: () => string;
}

export type Handler = (hub: HubParts, address: Address, exchange: Exchange) => Promise<void>;

export interface Reader {
  readonly identity: Identity | null;
  /** What may be sent on to the upstream: a token that this Hub does not know. */
  readonly upstreamAuthorization: string | undefined;
}

/** Throws INVALID_TOKEN. */
export async function authenticate(hub: HubParts, request: IncomingMessage): Promise<Reader> {
  const authorization = header(request, "authorization");
  const { identity, isKnown } = await hub.identities.identify(authorization);
  return { identity, upstreamAuthorization: isKnown ? undefined : authorization };
}

/** The repo, for somebody who may see it; from the upstream, where this Hub has none of that name. */
export async function openRepo(
  hub: HubParts,
  id: RepoId,
  revision: string,
  request: IncomingMessage,
): Promise<Reader & { readonly repo: Repo }> {
  const reader = await authenticate(hub, request);
  const own = hub.database.repo(id);
  if (hub.upstream !== null && (own === undefined || own.isMirror)) {
    await hub.upstream.refresh(id, revision, reader.upstreamAuthorization);
  }
  const repo = hub.database.repo(id);
  if (repo === undefined || !hub.identities.mayRead(reader.identity, repo)) {
    // Who is known learns that there is none; who is not, that there may be.
    if (reader.identity === null) throw new HubError("UNAUTHENTICATED", "Invalid username or password.");
    throw new HubError("REPO_NOT_FOUND", `Repository not found: there is no ${id.kind} ${id.name}`);
  }
  return { ...reader, repo };
}

export async function openCommit(
  hub: HubParts,
  id: RepoId,
  revision: string,
  request: IncomingMessage,
): Promise<Reader & { readonly repo: Repo; readonly commit: Commit }> {
  const opened = await openRepo(hub, id, revision, request);
  return { ...opened, commit: hub.repositories.get(id, revision) };
}

/** The repo, for somebody who may write to it. */
export async function openForWriting(
  hub: HubParts,
  id: RepoId,
  request: IncomingMessage,
): Promise<{ readonly repo: Repo; readonly identity: Identity }> {
  const reader = await authenticate(hub, request);
  const repo = hub.database.repo(id);
  if (repo === undefined || !hub.identities.mayRead(reader.identity, repo)) {
    throw new HubError("REPO_NOT_FOUND", `Repository not found: there is no ${id.kind} ${id.name}`);
  }
  const identity = hub.identities.requireWrite(reader.identity, repo);
  if (repo.isMirror) throw new HubError("FORBIDDEN", `${id.name} is kept of another Hub: it can only be read here`);
  return { repo, identity };
}

/** The page of a repo. */
export function repoUrl(hub: HubParts, id: RepoId): string {
  return `${hub.baseUrl()}/${repoPath(id)}`;
}
