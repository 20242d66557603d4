import { DatabaseSync } from "node:sqlite";
import { type Commit, type Reference, type Repo, type RepoId, type RepoKind, repoPath } from "./repo.ts";

/** Repos, commits, references, and who may read what is gated. Every method is atomic. */
export class HubDatabase {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS repos (repo TEXT PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS commits (repo TEXT, oid TEXT, record TEXT NOT NULL, PRIMARY KEY (repo, oid)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS refs (repo TEXT, type TEXT, name TEXT, oid TEXT NOT NULL, PRIMARY KEY (repo, type, name)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS readers (repo TEXT, user TEXT, PRIMARY KEY (repo, user)) WITHOUT ROWID;
    `);
  }

  repo(id: RepoId): Repo | undefined {
    return this.#one("SELECT record FROM repos WHERE repo = ?", repoPath(id));
  }

  repos(kind: RepoKind): Repo[] {
    const rows = this.#database.prepare("SELECT record FROM repos WHERE kind = ? ORDER BY repo").all(kind);
    return rows.map((row) => JSON.parse(String(row["record"])) as Repo);
  }

  putRepo(repo: Repo): void {
    this.#run("INSERT OR REPLACE INTO repos VALUES (?, ?, ?)", repoPath(repo), repo.kind, JSON.stringify(repo));
  }

  deleteRepo(id: RepoId): void {
    this.#transaction(() => {
      for (const table of ["repos", "commits", "refs", "readers"]) {
        this.#run(`DELETE FROM ${table} WHERE repo = ?`, repoPath(id));
      }
    });
  }

  commit(id: RepoId, oid: string): Commit | undefined {
    return this.#one("SELECT record FROM commits WHERE repo = ? AND oid = ?", repoPath(id), oid);
  }

  /** A commit and the branch that it moves, if any, together. */
  putCommit(id: RepoId, commit: Commit, branch: string | null): void {
    this.#transaction(() => {
      this.#run("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)", repoPath(id), commit.oid, JSON.stringify(commit));
      if (branch !== null) this.putReference(id, { type: "branch", name: branch, oid: commit.oid });
    });
  }

  reference(id: RepoId, type: Reference["type"], name: string): string | undefined {
    const statement = this.#database.prepare("SELECT oid FROM refs WHERE repo = ? AND type = ? AND name = ?");
    const row = statement.get(repoPath(id), type, name);
    return row && String(row["oid"]);
  }

  references(id: RepoId): Reference[] {
    const rows = this.#database
      .prepare("SELECT type, name, oid FROM refs WHERE repo = ? ORDER BY name")
      .all(repoPath(id));
    return rows.map((row) => ({
      type: row["type"] === "tag" ? "tag" : "branch",
      name: String(row["name"]),
      oid: String(row["oid"]),
    }));
  }

  putReference(id: RepoId, { type, name, oid }: Reference): void {
    this.#run("INSERT OR REPLACE INTO refs VALUES (?, ?, ?, ?)", repoPath(id), type, name, oid);
  }

  /** Whether there was one. */
  deleteReference(id: RepoId, type: Reference["type"], name: string): boolean {
    return this.#run("DELETE FROM refs WHERE repo = ? AND type = ? AND name = ?", repoPath(id), type, name) > 0;
  }

  isReader(id: RepoId, user: string): boolean {
    const statement = this.#database.prepare("SELECT 1 FROM readers WHERE repo = ? AND user = ?");
    return statement.get(repoPath(id), user) !== undefined;
  }

  addReader(id: RepoId, user: string): void {
    this.#run("INSERT OR REPLACE INTO readers VALUES (?, ?)", repoPath(id), user);
  }

  close(): void {
    this.#database.close();
  }

  #one<T>(sql: string, ...parameters: string[]): T | undefined {
    const row = this.#database.prepare(sql).get(...parameters);
    return row && (JSON.parse(String(row["record"])) as T);
  }

  #run(sql: string, ...parameters: string[]): number {
    return Number(this.#database.prepare(sql).run(...parameters).changes);
  }

  #transaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
