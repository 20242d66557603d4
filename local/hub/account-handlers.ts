import { isRecord, readJsonObject, sendJson } from "../http/body.ts";
import type { Exchange } from "../http/router.ts";
import { parseCard } from "./card.ts";
import { authenticate, type HubParts, openForWriting, repoUrl } from "./context.ts";
import { HubError } from "./errors.ts";
import type { RepoId, RepoKind } from "./repo.ts";
import { repoInfo } from "./repo-info.ts";
import { makeFirstCommit } from "./write-handlers.ts";

/** `GET /api/whoami-v2` */
export async function whoAmI(hub: HubParts, { request, response }: Exchange): Promise<void> {
  const { identity } = await authenticate(hub, request);
  if (identity === null) throw new HubError("UNAUTHENTICATED", "Invalid username or password.");
  const { user, organizations, canWrite } = identity;
  sendJson(response, 200, {
    type: "user",
    id: user,
    name: user,
    fullname: user,
    email: `${user}@localhost`,
    emailVerified: true,
    canPay: false,
    isPro: false,
    periodEnd: null,
    avatarUrl: "",
    orgs: organizations.filter((name) => name !== "*").map((name) => ({ type: "org", id: name, name, fullname: name })),
    auth: {
      type: "access_token",
      accessToken: { displayName: "local", role: canWrite ? "write" : "read", createdAt: new Date(0).toISOString() },
    },
  });
}

/** `POST /api/validate-yaml`: whether a card's head can be read, before it is committed. */
export async function validateYaml({ request, response }: Exchange): Promise<void> {
  const { content } = await readJsonObject(request);
  try {
    parseCard(String(content ?? ""));
    sendJson(response, 200, { errors: [], warnings: [] });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    sendJson(response, 400, { error: `Invalid YAML: ${message}`, errors: [{ message }], warnings: [] });
  }
}

/** `GET /api/models?search=…&author=…&limit=…` */
export async function listRepos(hub: HubParts, kind: RepoKind, { request, response, query }: Exchange): Promise<void> {
  const { identity } = await authenticate(hub, request);
  const search = query.get("search")?.toLowerCase() ?? "";
  const author = query.get("author");
  const found = hub.database
    .repos(kind)
    .filter((repo) => hub.identities.mayRead(identity, repo))
    .filter(({ name }) => name.toLowerCase().includes(search) && (author === null || name.startsWith(`${author}/`)))
    .slice(0, Number(query.get("limit")) || 1000);
  const head = (id: RepoId) => hub.repositories.find(id, "main");
  sendJson(response, 200, await Promise.all(found.map((repo) => repoInfo(hub.blobs, repo, head(repo), false))));
}

/** `POST /api/repos/create` */
export async function createRepo(hub: HubParts, { request, response }: Exchange): Promise<void> {
  const { identity } = await authenticate(hub, request);
  const body = await readJsonObject(request);
  const id = readRepoId(body, identity?.user);
  const { user } = hub.identities.requireWrite(identity, id);
  if (hub.database.repo(id) !== undefined) {
    const error = `You already created this ${id.kind} repo: ${id.name}`;
    return sendJson(response, 409, { error, url: repoUrl(hub, id) });
  }
  const files = Array.isArray(body["files"]) ? body["files"].map(readFile) : [];
  hub.repositories.create(id, {
    private: body["private"] === true || body["visibility"] === "private",
    gated: false,
    sdk: typeof body["sdk"] === "string" ? body["sdk"] : null,
    isMirror: false,
  });
  await makeFirstCommit(hub, id, user, files);
  sendJson(response, 200, { url: repoUrl(hub, id), name: id.name, id: id.name });
}

/** `DELETE /api/repos/delete` */
export async function deleteRepo(hub: HubParts, { request, response }: Exchange): Promise<void> {
  const { identity } = await authenticate(hub, request);
  const id = readRepoId(await readJsonObject(request), identity?.user);
  await openForWriting(hub, id, request);
  hub.database.deleteRepo(id);
  response.writeHead(204).end();
}

function readRepoId(body: Readonly<Record<string, unknown>>, user: string | undefined): RepoId {
  const { name, organization, type = "model" } = body;
  if (typeof name !== "string") throw new HubError("INVALID", "name: should be a name");
  if (type !== "model" && type !== "dataset" && type !== "space") {
    throw new HubError("INVALID", `type: should be model, dataset or space, not ${String(type)}`);
  }
  if (name.includes("/")) return { kind: type, name };
  const namespace = typeof organization === "string" ? organization : user;
  return { kind: type, name: namespace === undefined ? name : `${namespace}/${name}` };
}

function readFile(file: unknown): { readonly path: string; readonly content: Buffer } {
  if (!isRecord(file) || typeof file["path"] !== "string") throw new HubError("INVALID", "a file has no path");
  return { path: file["path"], content: Buffer.from(String(file["content"] ?? ""), "base64") };
}
