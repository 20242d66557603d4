export type RepoKind = "model" | "dataset" | "space";

export interface RepoId {
  readonly kind: RepoKind;
  /** `NAMESPACE/NAME`; some old ones have no namespace. */
  readonly name: string;
}

export interface Repo extends RepoId {
  readonly private: boolean;
  readonly gated: false | "auto" | "manual";
  /** Of a Space. */
  readonly sdk: string | null;
  /** Kept here of an upstream Hub: nobody writes to it. */
  readonly isMirror: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** A file of a commit. */
export interface TreeEntry {
  readonly path: string;
  /** Of the git blob: the content itself, or the pointer of a large file. */
  readonly oid: string;
  /** Bytes of the content. */
  readonly size: number;
  /** The sha256 of a large file; null for one that git holds itself. */
  readonly lfs: string | null;
  /** The commit that last changed it. */
  readonly commit: string;
}

export interface Commit {
  /** 40 hexadecimal digits: git's own hash. */
  readonly oid: string;
  readonly parent: string | null;
  readonly title: string;
  readonly message: string;
  readonly author: string;
  /** Milliseconds since the epoch, whole seconds. */
  readonly date: number;
  /** Every file, by path. */
  readonly entries: readonly TreeEntry[];
}

export interface Reference {
  readonly type: "branch" | "tag";
  readonly name: string;
  readonly oid: string;
}

/** Its address on the Hub, without the Hub's own. */
export function repoPath({ kind, name }: RepoId): string {
  return kind === "model" ? name : `${kind}s/${name}`;
}

export function namespaceOf({ name }: RepoId): string | null {
  return name.includes("/") ? name.slice(0, name.indexOf("/")) : null;
}
