import { HubError } from "./errors.ts";
import { folderOids, lfsPointer } from "./git-objects.ts";
import type { Commit, TreeEntry } from "./repo.ts";

/** A file or folder as the Hub lists it. https://huggingface.co/docs/hub/api */
export type ListedEntry = Readonly<Record<string, unknown>> & { readonly type: string; readonly path: string };

/** Everything at or below a folder, by path; the root's name is the empty string. Throws ENTRY_NOT_FOUND. */
export function listTree(commit: Commit, folder: string, recursive: boolean): readonly ListedEntry[] {
  const prefix = folder === "" ? "" : `${folder.replace(/\/$/, "")}/`;
  const below = commit.entries.filter(({ path }) => path.startsWith(prefix));
  if (below.length === 0 && folder !== "") {
    throw new HubError("ENTRY_NOT_FOUND", `${folder} does not exist on ${commit.oid}`);
  }
  const files = below.filter(({ path }) => recursive || !path.slice(prefix.length).includes("/"));
  const folders = [...folderOids(commit.entries)]
    .filter(([path]) => path !== "" && path.startsWith(prefix))
    .filter(([path]) => recursive || !path.slice(prefix.length).includes("/"))
    .map(([path, oid]) => ({ type: "directory", oid, size: 0, path }));
  return [...folders, ...files.map(listedFile)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Those of the paths that are there, files and folders. */
export function listPaths(commit: Commit, paths: readonly string[]): readonly ListedEntry[] {
  const folders = folderOids(commit.entries);
  return paths.flatMap((asked): readonly ListedEntry[] => {
    const path = asked.replace(/\/$/, "");
    const entry = commit.entries.find((candidate) => candidate.path === path);
    if (entry !== undefined) return [listedFile(entry)];
    const oid = path === "" ? undefined : folders.get(path);
    return oid === undefined ? [] : [{ type: "directory", oid, size: 0, path }];
  });
}

export function listedFile(entry: TreeEntry): ListedEntry {
  const { path, oid, size, lfs } = entry;
  const pointerSize = lfs === null ? 0 : Buffer.byteLength(lfsPointer(lfs, size));
  return { type: "file", oid, size, path, ...(lfs !== null && { lfs: { oid: lfs, size, pointerSize } }) };
}

/** With `expand`: which commit last changed it; of a folder, the newest of those of its files. */
export function withLastCommit(
  listed: ListedEntry,
  commit: Commit,
  find: (oid: string) => Commit | undefined,
): ListedEntry {
  const isWithin = ({ path }: TreeEntry) => path === listed.path || path.startsWith(`${listed.path}/`);
  const oids = new Set(commit.entries.filter(isWithin).map((entry) => entry.commit));
  const [last = commit] = [...oids].flatMap((oid) => find(oid) ?? []).sort((a, b) => b.date - a.date);
  return {
    ...listed,
    lastCommit: { id: last.oid, title: last.title, date: new Date(last.date).toISOString() },
    ...(listed.type === "file" && { securityFileStatus: null }),
  };
}

/** One page of a list that is sorted by path, and the cursor of the next. */
export function pageOf(
  entries: readonly ListedEntry[],
  cursor: string | null,
  limit: number,
): { readonly page: readonly ListedEntry[]; readonly next: string | null } {
  const after = cursor === null ? "" : Buffer.from(cursor, "base64url").toString("utf8");
  const start = cursor === null ? 0 : entries.findIndex(({ path }) => path > after);
  const page = start < 0 ? [] : entries.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < entries.length;
  return { page, next: hasMore ? Buffer.from(last.path).toString("base64url") : null };
}
