import { header, readBytes, sendJson } from "../http/body.ts";
import { type Handler, openCommit, openRepo, repoUrl } from "./context.ts";
import { HubError } from "./errors.ts";
import { repoInfo } from "./repo-info.ts";
import { listPaths, listTree, pageOf, withLastCommit } from "./tree-listing.ts";

/** `GET /api/models/NAME` and `…/revision/REVISION` */
export const info: Handler = async (hub, { repo: id, rest }, { request, response, query }) => {
  const revision = rest.join("/") || "HEAD";
  const { repo } = await openRepo(hub, id, revision, request);
  const isEmpty = hub.repositories.find(id, "main") === undefined;
  const commit = isEmpty && revision === "HEAD" ? undefined : hub.repositories.get(id, revision);
  sendJson(response, 200, await repoInfo(hub.blobs, repo, commit, /^(true|1)$/i.test(query.get("blobs") ?? "")));
};

/** `GET /api/models/NAME/refs` */
export const refs: Handler = async (hub, { repo: id }, { request, response }) => {
  await openRepo(hub, id, "HEAD", request);
  const references = hub.database.references(id);
  const listed = (type: "branch" | "tag", folder: string) =>
    references
      .filter((reference) => reference.type === type)
      .map(({ name, oid }) => ({ name, ref: `refs/${folder}/${name}`, targetCommit: oid }));
  sendJson(response, 200, {
    branches: listed("branch", "heads"),
    tags: listed("tag", "tags"),
    converts: [],
    pullRequests: [],
  });
};

/** `GET /api/models/NAME/tree/REVISION/FOLDER` */
export const tree: Handler = async (hub, { repo: id, rest }, { request, response, query }) => {
  const [revision = "main", ...folder] = rest;
  const { commit } = await openCommit(hub, id, revision, request);
  const isExpanded = isTrue(query.get("expand"));
  const most = isExpanded ? 50 : 1000;
  const limit = Math.min(Number(query.get("limit")) || most, most);
  const entries = listTree(commit, folder.join("/"), isTrue(query.get("recursive")));
  const { page, next } = pageOf(entries, query.get("cursor"), limit);
  if (next !== null) {
    const url = new URL(request.url ?? "/", hub.baseUrl());
    url.searchParams.set("cursor", next);
    response.setHeader("link", `<${url.href}>; rel="next"`);
  }
  const find = (oid: string) => hub.database.commit(id, oid);
  sendJson(response, 200, isExpanded ? page.map((entry) => withLastCommit(entry, commit, find)) : page);
};

/** `POST /api/models/NAME/paths-info/REVISION`: JSON of the JavaScript client, a form of the Python one. */
export const pathsInfo: Handler = async (hub, { repo: id, rest }, { request, response }) => {
  const { commit } = await openCommit(hub, id, rest.join("/") || "main", request);
  const body = (await readBytes(request)).toString("utf8");
  const asked = header(request, "content-type")?.includes("json") ? readJsonPaths(body) : readFormPaths(body);
  const find = (oid: string) => hub.database.commit(id, oid);
  const entries = listPaths(commit, asked.paths);
  sendJson(response, 200, asked.expand ? entries.map((entry) => withLastCommit(entry, commit, find)) : entries);
};

/** `GET /api/models/NAME/commits/REVISION` */
export const commits: Handler = async (hub, { repo: id, rest }, { request, response, query }) => {
  const { commit } = await openCommit(hub, id, rest.join("/") || "main", request);
  const history = hub.repositories.history(id, commit);
  const limit = Math.min(Number(query.get("limit")) || 50, 1000);
  const page = Number(query.get("p")) || 0;
  response.setHeader("x-total-count", String(history.length));
  if ((page + 1) * limit < history.length) {
    const url = new URL(request.url ?? "/", hub.baseUrl());
    url.searchParams.set("p", String(page + 1));
    response.setHeader("link", `<${url.href}>; rel="next"`);
  }
  const listed = history.slice(page * limit, (page + 1) * limit).map(({ oid, title, message, author, date }) => ({
    id: oid,
    title,
    message,
    authors: [{ user: author, avatar: "" }],
    date: new Date(date).toISOString(),
  }));
  sendJson(response, 200, listed);
};

/** `GET /api/models/NAME/auth-check` */
export const authCheck: Handler = async (hub, { repo: id }, { request, response }) => {
  const { repo, identity } = await openRepo(hub, id, "HEAD", request);
  hub.identities.requireAccess(identity, repo, repoUrl(hub, id));
  sendJson(response, 200, { success: true });
};

function readJsonPaths(body: string): { readonly paths: readonly string[]; readonly expand: boolean } {
  const { paths, expand } = JSON.parse(body) as { paths?: unknown; expand?: unknown };
  if (!Array.isArray(paths)) throw new HubError("INVALID", "paths: should be an array");
  return { paths: paths.map(String), expand: expand === true };
}

function readFormPaths(body: string): { readonly paths: readonly string[]; readonly expand: boolean } {
  const form = new URLSearchParams(body);
  return { paths: form.getAll("paths"), expand: isTrue(form.get("expand")) };
}

function isTrue(text: string | null): boolean {
  return text !== null && /^(true|1)$/i.test(text);
}
