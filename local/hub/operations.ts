import { HubError } from "./errors.ts";
import { lfsPointer, objectOid } from "./git-objects.ts";
import type { TreeEntry } from "./repo.ts";

/** A step of a commit; contents are in the blob store already. */
export type Operation =
  | { readonly type: "file"; readonly path: string; readonly oid: string; readonly size: number }
  | { readonly type: "lfsFile"; readonly path: string; readonly sha256: string; readonly size: number }
  | { readonly type: "deletedFile"; readonly path: string }
  | { readonly type: "deletedFolder"; readonly path: string };

/** A file's new place in the tree; which commit put it there is known only once all are applied. */
type NewEntry = Omit<TreeEntry, "commit"> & { readonly commit: string | null };

/** The tree after the operations, by path. Throws INVALID with every path that cannot be. */
export function applyOperations(entries: readonly TreeEntry[], operations: readonly Operation[]): readonly NewEntry[] {
  const tree = new Map<string, NewEntry>(entries.map((entry) => [entry.path, entry]));
  const problems: string[] = [];
  for (const operation of operations) {
    const problem = checkPath(operation.path) ?? apply(tree, operation);
    if (problem !== undefined) problems.push(problem);
  }
  for (const path of tree.keys()) {
    const inTheWay = parents(path).find((parent) => tree.has(parent));
    if (inTheWay !== undefined) problems.push(`${path} cannot be below ${inTheWay}, which is a file`);
  }
  if (problems.length > 0) throw new HubError("INVALID", `The commit cannot be made: ${problems.join("; ")}.`);
  return [...tree.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function apply(tree: Map<string, NewEntry>, operation: Operation): string | undefined {
  const { path } = operation;
  switch (operation.type) {
    case "file":
      put(tree, { path, oid: operation.oid, size: operation.size, lfs: null, commit: null });
      return undefined;
    case "lfsFile": {
      const { sha256, size } = operation;
      put(tree, { path, oid: objectOid("blob", lfsPointer(sha256, size)), size, lfs: sha256, commit: null });
      return undefined;
    }
    case "deletedFile":
      return tree.delete(path) ? undefined : `there is no file ${path} to delete`;
    case "deletedFolder": {
      const folder = `${path.replace(/\/$/, "")}/`;
      const below = [...tree.keys()].filter((key) => key.startsWith(folder));
      for (const key of below) tree.delete(key);
      return below.length > 0 ? undefined : `there is no folder ${path} to delete`;
    }
  }
}

/** A file that stays the same keeps the commit that brought it. */
function put(tree: Map<string, NewEntry>, entry: NewEntry): void {
  if (tree.get(entry.path)?.oid !== entry.oid) tree.set(entry.path, entry);
}

function checkPath(path: string): string | undefined {
  const parts = path.replace(/\/$/, "").split("/");
  const isWrong = parts.some((part) => part === "" || part === "." || part === ".." || part === ".git");
  return isWrong || path.includes("\0") ? `${JSON.stringify(path)} is not a path in a repo` : undefined;
}

function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
