import type { Clock } from "../clock.ts";
import type { HubDatabase } from "./database.ts";
import { HubError } from "./errors.ts";
import { commitOid } from "./git-objects.ts";
import { applyOperations, type Operation } from "./operations.ts";
import { type Commit, type Repo, type RepoId, repoPath } from "./repo.ts";

export interface NewCommit {
  readonly title: string;
  readonly message: string;
  readonly author: string;
  readonly operations: readonly Operation[];
  /** The commit that must still be the branch's last; null when any will do. */
  readonly parent: string | null;
  /** Milliseconds since the epoch; null for now. */
  readonly date: number | null;
}

/** Repos and their history. */
export class Repositories {
  readonly #database: HubDatabase;
  readonly #clock: Clock;

  constructor(database: HubDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Its `main` is there as soon as something is committed. */
  create(id: RepoId, settings: Pick<Repo, "private" | "gated" | "sdk" | "isMirror">): Repo {
    if (!/^([\w.-]{1,96}\/)?[\w.-]{1,96}$/.test(id.name) || /(^|\/)\.|\.\.|--|\.git$/.test(id.name)) {
      throw new HubError("INVALID", `Invalid repo name: ${id.name}`);
    }
    if (this.#database.repo(id) !== undefined) {
      throw new HubError("CONFLICT", `You already created this ${id.kind} repo: ${id.name}`);
    }
    const repo = { kind: id.kind, name: id.name, ...settings, created: this.#clock.now() };
    this.#database.putRepo(repo);
    return repo;
  }

  /** A commit by branch, tag, full hash or `HEAD`. */
  find(repo: RepoId, revision: string): Commit | undefined {
    const name = revision === "HEAD" ? "main" : revision.replace(/^refs\/(heads|tags)\//, "");
    const oid =
      this.#database.reference(repo, "branch", name) ??
      this.#database.reference(repo, "tag", name) ??
      (/^[0-9a-f]{40}$/.test(name) ? name : undefined);
    return oid === undefined ? undefined : this.#database.commit(repo, oid);
  }

  /** Throws REVISION_NOT_FOUND. */
  get(repo: RepoId, revision: string): Commit {
    const commit = this.find(repo, revision);
    if (commit === undefined) {
      throw new HubError("REVISION_NOT_FOUND", `Invalid rev id: ${revision} (of ${repoPath(repo)})`);
    }
    return commit;
  }

  /** From a commit back to the first, newest first. */
  history(repo: RepoId, commit: Commit): Commit[] {
    const commits: Commit[] = [];
    for (let next: Commit | undefined = commit; next !== undefined; ) {
      commits.push(next);
      next = next.parent === null ? undefined : this.#database.commit(repo, next.parent);
    }
    return commits;
  }

  /** Moves the branch on by one commit. Throws STALE_PARENT when somebody else did so first. */
  commit(repo: RepoId, branch: string, change: NewCommit): Commit {
    const head = this.find(repo, branch);
    if (head === undefined && branch !== "main") this.get(repo, branch);
    if (change.parent !== null && change.parent !== head?.oid) {
      const since = "A commit has happened since. Please refresh and try again.";
      throw new HubError("STALE_PARENT", `${since} ${branch} of ${repoPath(repo)} is at ${head?.oid ?? "no commit"}.`);
    }
    const entries = applyOperations(head?.entries ?? [], change.operations);
    const date = Math.floor((change.date ?? this.#clock.now()) / 1000) * 1000;
    const { title, message, author } = change;
    const content = { entries, parent: head?.oid ?? null, title, message, author, date };
    const oid = commitOid(content);
    const commit = { ...content, oid, entries: entries.map((entry) => ({ ...entry, commit: entry.commit ?? oid })) };
    this.#database.putCommit(repo, commit, branch);
    return commit;
  }
}
