const kinds = {
  /** `code` is what the Hub says in X-Error-Code; null where it says nothing there. */
  REPO_NOT_FOUND: { status: 404, code: "RepoNotFound" },
  /** The same, to somebody whom nobody knows: it might be private. */
  UNAUTHENTICATED: { status: 401, code: "RepoNotFound" },
  REVISION_NOT_FOUND: { status: 404, code: "RevisionNotFound" },
  ENTRY_NOT_FOUND: { status: 404, code: "EntryNotFound" },
  /** The license was not accepted yet. */
  GATED: { status: 403, code: "GatedRepo" },
  /** The token may not do this. */
  FORBIDDEN: { status: 403, code: null },
  INVALID_TOKEN: { status: 401, code: null },
  /** The repo, branch or tag is there already. */
  CONFLICT: { status: 409, code: null },
  /** Somebody committed since `parentCommit`. */
  STALE_PARENT: { status: 412, code: null },
  INVALID: { status: 400, code: null },
  RANGE_NOT_SATISFIABLE: { status: 416, code: null },
  NOT_FOUND: { status: 404, code: null },
  /** What is not kept here was to come from the upstream Hub, which does not answer. */
  UPSTREAM_UNREACHABLE: { status: 502, code: "UpstreamUnreachable" },
  /** The upstream Hub answers, but not as a Hub does. */
  UPSTREAM_FAILED: { status: 502, code: "UpstreamFailed" },
} as const;

export type HubErrorCode = keyof typeof kinds;

/** What a client is told, in the form of the Hub: `X-Error-Code`, `X-Error-Message`, `{"error": …}`. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly code: HubErrorCode;

  constructor(code: HubErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return kinds[this.code].status;
  }

  /** Of X-Error-Code. */
  get hubCode(): string | null {
    return kinds[this.code].code;
  }
}
