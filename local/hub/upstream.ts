import { isRecord } from "../http/body.ts";
import type { HubDatabase } from "./database.ts";
import { HubError, type HubErrorCode } from "./errors.ts";
import { type Commit, type RepoId, repoPath, type TreeEntry } from "./repo.ts";
import type { Repositories } from "./repositories.ts";

/** A commit of a Hub elsewhere, read through: what is read once is kept, and then read from here. */
export class Upstream {
  readonly #url: string;
  readonly #database: HubDatabase;
  readonly #repositories: Repositories;

  constructor(url: string, database: HubDatabase, repositories: Repositories) {
    this.#url = url.replace(/\/+$/, "");
    this.#database = database;
    this.#repositories = repositories;
  }

  /**
   * Brings a revision here, without its contents. A branch is asked for anew each time, since it moves; one that is
   * kept still serves while the upstream cannot be reached.
   */
  async refresh(id: RepoId, revision: string, authorization: string | undefined): Promise<void> {
    const kept = this.#repositories.find(id, revision);
    if (kept?.oid === revision) return;
    const at = `/api/${id.kind}s/${id.name}/revision/${encodeURIComponent(revision)}`;
    const answer = await this.#get(at, authorization).catch((error: unknown) => {
      if (kept === undefined || !isUnreachable(error)) throw error;
      console.error(`hub: ${revision} of ${repoPath(id)} is served as it was kept: ${error.message}`);
      return null;
    });
    if (answer === null) return;
    const info: unknown = await answer.json();
    if (!isRecord(info) || typeof info["sha"] !== "string") throw this.#odd(at, "no commit hash in it");
    const commit = this.#database.commit(id, info["sha"]) ?? (await this.#fetchCommit(id, info, authorization));
    this.#keep(id, revision, info, commit);
  }

  /** A file of a commit, or a part of it, as it comes from there. */
  async open(
    id: RepoId,
    commit: Commit,
    path: string,
    range: string | undefined,
    authorization: string | undefined,
  ): Promise<Response & { readonly body: ReadableStream<Uint8Array> }> {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    const at = `/${repoPath(id)}/resolve/${commit.oid}/${encoded}`;
    const answer = await this.#get(at, authorization, { "accept-encoding": "identity", ...(range && { range }) });
    if (answer.body === null) throw this.#odd(at, "no body");
    return answer as Response & { readonly body: ReadableStream<Uint8Array> };
  }

  async #fetchCommit(
    id: RepoId,
    info: Readonly<Record<string, unknown>>,
    authorization: string | undefined,
  ): Promise<Commit> {
    const oid = String(info["sha"]);
    const entries: TreeEntry[] = [];
    let next: string | undefined = `/api/${id.kind}s/${id.name}/tree/${oid}?recursive=true`;
    while (next !== undefined) {
      const answer: Response = await this.#get(next, authorization);
      const page: unknown = await answer.json();
      if (!Array.isArray(page)) throw this.#odd(next, "no list");
      for (const item of page as unknown[]) {
        if (isRecord(item) && item["type"] === "file") entries.push(this.#readEntry(item, oid, next));
      }
      next = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    }
    const date = Math.floor(Date.parse(String(info["lastModified"])) / 1000) * 1000 || 0;
    const title = `Kept of ${this.#url}/${repoPath(id)}`;
    const author = typeof info["author"] === "string" ? info["author"] : "upstream";
    entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { oid, parent: null, title, message: "", author, date, entries };
  }

  #readEntry(item: Readonly<Record<string, unknown>>, commit: string, at: string): TreeEntry {
    const { path, oid, size, lfs } = item;
    if (typeof path !== "string" || typeof oid !== "string" || typeof size !== "number") {
      throw this.#odd(at, "a file without path, hash or size");
    }
    if (!isRecord(lfs)) return { path, oid, size, lfs: null, commit };
    return { path, oid, size: Number(lfs["size"] ?? size), lfs: String(lfs["oid"]).replace(/^sha256:/, ""), commit };
  }

  #keep(id: RepoId, revision: string, info: Readonly<Record<string, unknown>>, commit: Commit): void {
    if (this.#database.repo(id) === undefined) {
      const { gated } = info;
      this.#repositories.create(id, {
        private: info["private"] === true,
        gated: gated === "auto" || gated === "manual" ? gated : false,
        sdk: typeof info["sdk"] === "string" ? info["sdk"] : null,
        isMirror: true,
      });
    }
    const branch = revision === "HEAD" || revision === commit.oid ? "main" : revision;
    const moves = revision !== commit.oid || this.#database.reference(id, "branch", "main") === undefined;
    this.#database.putCommit(id, commit, moves ? branch : null);
  }

  async #get(at: string, authorization: string | undefined, headers: Record<string, string> = {}): Promise<Response> {
    const url = new URL(at, `${this.#url}/`);
    // A token goes to the Hub that it belongs to, not to wherever a link leads.
    const isOwn = url.href.startsWith(`${this.#url}/`);
    let answer: Response;
    try {
      answer = await fetch(url, { headers: { ...headers, ...(authorization && isOwn && { authorization }) } });
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new HubError(
        "UPSTREAM_UNREACHABLE",
        `This is not kept in the local Hub, and ${this.#url} cannot be reached (${reason}).`,
        { cause: error },
      );
    }
    if (!answer.ok) throw await this.#refusal(at, answer);
    return answer;
  }

  /** What the upstream refuses, in its own words. */
  async #refusal(at: string, answer: Response): Promise<HubError> {
    const message = answer.headers.get("x-error-message") ?? `${this.#url}${at} answered ${answer.status}`;
    await answer.body?.cancel();
    const code =
      refusals[answer.headers.get("x-error-code") ?? ""] ?? (answer.status === 401 ? "UNAUTHENTICATED" : undefined);
    return code === undefined ? this.#odd(at, `status ${answer.status}: ${message}`) : new HubError(code, message);
  }

  #odd(at: string, what: string): HubError {
    return new HubError("UPSTREAM_FAILED", `${this.#url}${at} does not answer as a Hub does: ${what}`);
  }
}

const refusals: Readonly<Record<string, HubErrorCode>> = {
  RepoNotFound: "REPO_NOT_FOUND",
  RevisionNotFound: "REVISION_NOT_FOUND",
  EntryNotFound: "ENTRY_NOT_FOUND",
  GatedRepo: "GATED",
};

function isUnreachable(error: unknown): error is HubError {
  return error instanceof HubError && error.code === "UPSTREAM_UNREACHABLE";
}
