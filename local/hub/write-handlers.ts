import { isRecord, readJsonObject, sendJson } from "../http/body.ts";
import { blobOf } from "./blob-store.ts";
import { keepFile, readCommitRequest } from "./commit-request.ts";
import { type Handler, type HubParts, openForWriting, repoUrl } from "./context.ts";
import { HubError } from "./errors.ts";
import { gitAttributes, uploadMode } from "./upload-mode.ts";

/** `POST /api/models/NAME/preupload/BRANCH`: which files go into git, which beside it. */
export const preupload: Handler = async (hub, { repo: id, rest }, { request, response, query }) => {
  await openForWriting(hub, id, request);
  refusePullRequest(query);
  const branch = rest.join("/") || "main";
  const head = hub.repositories.find(id, branch);
  const { files } = await readJsonObject(request);
  if (!Array.isArray(files)) throw new HubError("INVALID", "files: should be an array");
  const modes = files.map((file: unknown) => {
    if (!isRecord(file) || typeof file["path"] !== "string") throw new HubError("INVALID", "a file has no path");
    const { path } = file;
    const sample = Buffer.from(String(file["sample"] ?? ""), "base64");
    const entry = head?.entries.find((candidate) => candidate.path === path);
    return {
      path,
      uploadMode: uploadMode({ path, size: Number(file["size"] ?? 0), sample }),
      shouldIgnore: false,
      ...(entry !== undefined && { oid: blobOf(entry).hash }),
    };
  });
  sendJson(response, 200, { files: modes, ...(head !== undefined && { commitOid: head.oid }) });
};

/** `POST /api/models/NAME/commit/BRANCH` */
export const commit: Handler = async (hub, { repo: id, rest }, { request, response, query }) => {
  const { identity } = await openForWriting(hub, id, request);
  refusePullRequest(query);
  const asked = await readCommitRequest(request, hub.blobs);
  const branch = rest.join("/") || "main";
  const made = hub.repositories.commit(id, branch, { ...asked, author: identity.user, date: null });
  sendJson(response, 200, {
    success: true,
    commitOid: made.oid,
    commitUrl: `${repoUrl(hub, id)}/commit/${made.oid}`,
    hookOutput: "",
    pullRequestUrl: null,
  });
};

/** `POST|DELETE /api/models/NAME/branch/BRANCH` */
export const branch: Handler = async (hub, { repo: id, rest }, { request, response }) => {
  await openForWriting(hub, id, request);
  const name = rest.join("/");
  if (request.method === "DELETE") {
    if (name === "main") throw new HubError("INVALID", "The branch main cannot be deleted");
    if (!hub.database.deleteReference(id, "branch", name)) throw missingReference("branch", name);
  } else {
    const { startingPoint, overwrite } = await readJsonObject(request);
    const start = hub.repositories.get(id, typeof startingPoint === "string" ? startingPoint : "main");
    const isThere = hub.database.reference(id, "branch", name) !== undefined;
    if (isThere && overwrite !== true) throw new HubError("CONFLICT", `Reference already exists: the branch ${name}`);
    hub.database.putReference(id, { type: "branch", name, oid: start.oid });
  }
  response.writeHead(204).end();
};

/** `POST /api/models/NAME/tag/REVISION`, `DELETE …/tag/TAG` */
export const tag: Handler = async (hub, { repo: id, rest }, { request, response }) => {
  await openForWriting(hub, id, request);
  if (request.method === "DELETE") {
    const name = rest.join("/");
    if (!hub.database.deleteReference(id, "tag", name)) throw missingReference("tag", name);
  } else {
    const { tag: name } = await readJsonObject(request);
    if (typeof name !== "string" || name === "") throw new HubError("INVALID", "tag: should be a name");
    const target = hub.repositories.get(id, rest.join("/") || "main");
    if (hub.database.reference(id, "tag", name) !== undefined) {
      throw new HubError("CONFLICT", `Reference already exists: the tag ${name}`);
    }
    hub.database.putReference(id, { type: "tag", name, oid: target.oid });
  }
  response.writeHead(204).end();
};

/** `PUT /api/models/NAME/settings` */
export const settings: Handler = async (hub, { repo: id }, { request, response }) => {
  const { repo } = await openForWriting(hub, id, request);
  const { private: isPrivate, visibility, gated } = await readJsonObject(request);
  const hidden =
    typeof isPrivate === "boolean" ? isPrivate : visibility === undefined ? repo.private : visibility === "private";
  const changed = {
    ...repo,
    private: hidden,
    gated: gated === false || gated === "auto" || gated === "manual" ? gated : repo.gated,
  };
  hub.database.putRepo(changed);
  sendJson(response, 200, { private: changed.private, gated: changed.gated });
};

/** `POST /api/models/NAME/user-access-request/grant`: its owner lets somebody in. */
export const grantAccess: Handler = async (hub, { repo: id, rest }, { request, response }) => {
  await openForWriting(hub, id, request);
  const { user } = await readJsonObject(request);
  if (rest[0] !== "grant" || typeof user !== "string")
    throw new HubError("INVALID", "Only {user} can be granted access");
  hub.database.addReader(id, user);
  sendJson(response, 200, { success: true });
};

/** A repo's first commit, as the Hub makes one. */
export async function makeFirstCommit(
  hub: HubParts,
  id: Parameters<Handler>[1]["repo"],
  author: string,
  files: readonly { readonly path: string; readonly content: Buffer }[],
): Promise<void> {
  const all = [{ path: ".gitattributes", content: Buffer.from(gitAttributes()) }, ...files];
  const operations = await Promise.all(
    all.map(async ({ path, content }) => ({ type: "file" as const, path, ...(await keepFile(hub.blobs, content)) })),
  );
  const change = { title: "initial commit", message: "", author, operations, parent: null, date: null };
  hub.repositories.commit(id, "main", change);
}

function refusePullRequest(query: URLSearchParams): void {
  if (query.has("create_pr")) throw new HubError("INVALID", "The local Hub has no pull requests: commit to a branch.");
}

function missingReference(type: string, name: string): HubError {
  return new HubError("REVISION_NOT_FOUND", `Reference doesn't exist: the ${type} ${name}`);
}
