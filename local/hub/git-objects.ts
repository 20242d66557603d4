import { createHash } from "node:crypto";
import type { TreeEntry } from "./repo.ts";

/** Git's hash of an object. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export function objectOid(type: "blob" | "tree" | "commit", content: Buffer | string): string {
  const bytes = Buffer.from(content);
  return createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
}

/** What git holds in place of a large file. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export function lfsPointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`;
}

/** The hash of every folder of a tree; the root's name is the empty string. */
export function folderOids(entries: readonly Pick<TreeEntry, "path" | "oid">[]): ReadonlyMap<string, string> {
  const root = newFolder();
  for (const { path, oid } of entries) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    let folder = root;
    for (const part of parts) {
      const next = folder.folders.get(part) ?? newFolder();
      folder.folders.set(part, next);
      folder = next;
    }
    folder.files.set(name, oid);
  }
  const oids = new Map<string, string>();
  hashFolder(root, "", oids);
  return oids;
}

interface Folder {
  readonly files: Map<string, string>;
  readonly folders: Map<string, Folder>;
}

function newFolder(): Folder {
  return { files: new Map(), folders: new Map() };
}

function hashFolder(folder: Folder, path: string, oids: Map<string, string>): string {
  const children = [
    ...[...folder.files].map(([name, oid]) => ({ mode: "100644", name, oid, sortKey: name })),
    ...[...folder.folders].map(([name, child]) => {
      const oid = hashFolder(child, path === "" ? name : `${path}/${name}`, oids);
      return { mode: "40000", name, oid, sortKey: `${name}/` };
    }),
  ].sort((a, b) => Buffer.compare(Buffer.from(a.sortKey), Buffer.from(b.sortKey)));
  const parts = children.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]);
  const oid = objectOid("tree", Buffer.concat(parts));
  oids.set(path, oid);
  return oid;
}

export interface CommitContent {
  readonly entries: readonly Pick<TreeEntry, "path" | "oid">[];
  readonly parent: string | null;
  readonly title: string;
  readonly message: string;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
}

/** Equal contents, parents, words, authors and dates give equal hashes, on every machine. */
export function commitOid(commit: CommitContent): string {
  const who = `${commit.author} <${commit.author}@users.noreply.huggingface.co> ${Math.floor(commit.date / 1000)} +0000`;
  const lines = [
    `tree ${folderOids(commit.entries).get("")}`,
    ...(commit.parent === null ? [] : [`parent ${commit.parent}`]),
    `author ${who}`,
    `committer ${who}`,
    "",
    commit.title,
    ...(commit.message === "" ? [] : ["", commit.message]),
  ];
  return objectOid("commit", `${lines.join("\n")}\n`);
}
