import type { RepoId, RepoKind } from "./repo.ts";

/** What a request's path names: something about a repo, in the API or on the site. */
export interface Address {
  readonly area: "api" | "site";
  readonly repo: RepoId;
  /** The word after the repo's name, such as `tree`; empty for the repo itself. */
  readonly action: string;
  /** What follows, decoded. */
  readonly rest: readonly string[];
}

const kinds: ReadonlyMap<string, RepoKind> = new Map([
  ["models", "model"],
  ["datasets", "dataset"],
  ["spaces", "space"],
]);

const actions = {
  api: [
    "revision",
    "tree",
    "paths-info",
    "refs",
    "commits",
    "preupload",
    "commit",
    "branch",
    "tag",
    "settings",
    "user-access-request",
    "auth-check",
  ],
  site: ["resolve", "ask-access", "info"],
} as const;

/** Undefined for what names no repo, and for what is not percent-encoded as it should be. */
export function parseAddress(path: string): Address | undefined {
  const segments = decodeSegments(path);
  if (segments === undefined) return undefined;
  const area = segments[0] === "api" ? "api" : "site";
  if (area === "api") segments.shift();
  const kind = kinds.get(segments[0] ?? "");
  if (kind !== undefined) segments.shift();
  else if (area === "api") return undefined;
  return parseRepo(area, kind ?? "model", segments);
}

function parseRepo(area: Address["area"], kind: RepoKind, segments: readonly string[]): Address | undefined {
  const isAction = (segment: string | undefined) => actions[area].some((action) => action === segment);
  // Some repos have no namespace: then the action is the second word.
  const length = isAction(segments[1]) ? 1 : 2;
  const name = segments
    .slice(0, length)
    .join("/")
    .replace(/\.git$/, "");
  const action = segments[length] ?? "";
  if (name === "" || (action !== "" && !isAction(action))) return undefined;
  return { area, repo: { kind, name }, action, rest: segments.slice(length + 1) };
}

function decodeSegments(path: string): string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
