import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/**
 * What the server knows, in one SQLite file. A write is on disk before the call returns, so that a killed server
 * finds it again. Documents are JSON, kept in named collections, each under its resource name and its parent's.
 */
export interface Store {
  collection<T extends object>(name: string): Collection<T>;
  /** Everything inside is written, or nothing; one inside another is part of it. */
  transaction<R>(work: () => R): R;
  /** Calls back after every write; gives what ends that. */
  watch(onWrite: () => void): () => void;
  close(): void;
}

export interface Collection<T extends object> {
  get(name: string): T | undefined;
  /** In the order of creation; of one parent when it is given. */
  list(parent?: string): T[];
  put(name: string, parent: string, document: T): void;
  delete(name: string): void;
  /** Every document of a parent. */
  deleteAll(parent: string): void;
}

const layout = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS documents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    parent TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (collection, name)
  );
  CREATE INDEX IF NOT EXISTS by_parent ON documents (collection, parent, sequence);
`;

export function openStore(directory: string): Store {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, "vertex.sqlite"));
  database.exec(layout);
  const statements = {
    get: database.prepare("SELECT body FROM documents WHERE collection = ? AND name = ?"),
    all: database.prepare("SELECT body FROM documents WHERE collection = ? ORDER BY sequence"),
    ofParent: database.prepare("SELECT body FROM documents WHERE collection = ? AND parent = ? ORDER BY sequence"),
    put: database.prepare(
      "INSERT INTO documents (collection, name, parent, body) VALUES (?, ?, ?, ?) ON CONFLICT (collection, name) DO UPDATE SET body = excluded.body",
    ),
    delete: database.prepare("DELETE FROM documents WHERE collection = ? AND name = ?"),
    deleteAll: database.prepare("DELETE FROM documents WHERE collection = ? AND parent = ?"),
  };
  const bodies = (statement: StatementSync, ...parameters: string[]) =>
    statement.all(...parameters).map((row) => String(row["body"]));

  let inTransaction = false;
  const watchers = new Set<() => void>();
  const written = () => {
    for (const watcher of watchers) watcher();
  };
  return {
    collection: <T extends object>(collection: string): Collection<T> => ({
      get(name) {
        const row = statements.get.get(collection, name);
        return row === undefined ? undefined : (JSON.parse(String(row["body"])) as T);
      },
      list: (parent) =>
        (parent === undefined
          ? bodies(statements.all, collection)
          : bodies(statements.ofParent, collection, parent)
        ).map((body) => JSON.parse(body) as T),
      put(name, parent, document) {
        statements.put.run(collection, name, parent, JSON.stringify(document));
        written();
      },
      delete(name) {
        statements.delete.run(collection, name);
        written();
      },
      deleteAll(parent) {
        statements.deleteAll.run(collection, parent);
        written();
      },
    }),
    transaction(work) {
      if (inTransaction) return work();
      database.exec("BEGIN IMMEDIATE");
      inTransaction = true;
      try {
        const result = work();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      } finally {
        inTransaction = false;
      }
    },
    watch(onWrite) {
      watchers.add(onWrite);
      return () => watchers.delete(onWrite);
    },
    close: () => database.close(),
  };
}
