import { readFile, stat, writeFile } from "node:fs/promises";
import { isRecord } from "../http/body.ts";
import type { HubDatabase } from "./database.ts";
import { HubError } from "./errors.ts";
import { namespaceOf, type Repo, type RepoId } from "./repo.ts";

/** Who makes a request. */
export interface Identity {
  readonly user: string;
  /** Namespaces of the user's own and those of its organizations; `*` may write anywhere. */
  readonly organizations: readonly string[];
  readonly canWrite: boolean;
}

interface TokensFile {
  /** Who somebody without a token is taken for; null for nobody. */
  readonly anonymous: string | null;
  readonly users: readonly {
    readonly name: string;
    readonly organizations: readonly string[];
    readonly tokens: readonly { readonly token: string; readonly role: "read" | "write" }[];
  }[];
}

/** On one's own machine whoever can reach the Hub is its user. */
const initial: TokensFile = {
  anonymous: "retemper",
  users: [{ name: "retemper", organizations: ["*"], tokens: [] }],
};

/** Users and their tokens, from a file that may be edited at any time. */
export class Identities {
  readonly #file: string;
  readonly #database: HubDatabase;
  #read: { readonly modified: number; readonly tokens: TokensFile } | null = null;

  constructor(file: string, database: HubDatabase) {
    this.#file = file;
    this.#database = database;
  }

  /**
   * Who has this token; without one, or with one that nobody here has, whoever somebody unknown is taken for. Where that
   * is nobody, a token that nobody has throws INVALID_TOKEN.
   */
  async identify(
    authorization: string | undefined,
  ): Promise<{ readonly identity: Identity | null; readonly isKnown: boolean }> {
    const { anonymous, users } = await this.#tokens();
    const token = /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];
    for (const { name, organizations, tokens } of users) {
      const known = tokens.find((candidate) => candidate.token === token);
      if (known === undefined) continue;
      return { identity: { user: name, organizations, canWrite: known.role === "write" }, isKnown: true };
    }
    const user = users.find(({ name }) => name === anonymous);
    if (user !== undefined) {
      return { identity: { user: user.name, organizations: user.organizations, canWrite: true }, isKnown: false };
    }
    // The JavaScript client sends "undefined" when it creates a repo without a token.
    if (token === undefined || token === "undefined") return { identity: null, isKnown: false };
    throw new HubError("INVALID_TOKEN", "Invalid credentials in Authorization header");
  }

  /** A private repo is not there for those who may not read it. */
  mayRead(identity: Identity | null, repo: Repo): boolean {
    return !repo.private || (identity !== null && ownsOrAll(identity, repo));
  }

  requireWrite(identity: Identity | null, repo: RepoId): Identity {
    if (identity === null) throw new HubError("UNAUTHENTICATED", "Invalid username or password.");
    if (!identity.canWrite || !ownsOrAll(identity, repo)) {
      const where = namespaceOf(repo) ?? repo.name;
      throw new HubError("FORBIDDEN", `${identity.user} has no right to write under the namespace ${where}`);
    }
    return identity;
  }

  /** Throws GATED, with the address where the license is accepted, unless it was. */
  requireAccess(identity: Identity | null, repo: Repo, address: string): void {
    if (repo.gated === false) return;
    if (identity !== null && (owns(identity, repo) || this.#database.isReader(repo, identity.user))) return;
    const who = identity === null ? "you must be authenticated" : `${identity.user} is not in the authorized list`;
    throw new HubError(
      "GATED",
      `Access to ${repo.kind} ${repo.name} is restricted and ${who}. Visit ${address} to accept its license.`,
    );
  }

  async #tokens(): Promise<TokensFile> {
    const stats = await stat(this.#file).catch(() => null);
    if (stats === null) {
      await writeFile(this.#file, `${JSON.stringify(initial, null, 2)}\n`, { mode: 0o600, flag: "wx" }).catch(() => {});
      return this.#tokens();
    }
    if (this.#read?.modified !== stats.mtimeMs) {
      const tokens = parseTokens(await readFile(this.#file, "utf8"), this.#file);
      this.#read = { modified: stats.mtimeMs, tokens };
    }
    return this.#read.tokens;
  }
}

function owns({ user, organizations }: Identity, repo: RepoId): boolean {
  const namespace = namespaceOf(repo);
  return namespace !== null && (namespace === user || organizations.includes(namespace));
}

function ownsOrAll(identity: Identity, repo: RepoId): boolean {
  return identity.organizations.includes("*") || owns(identity, repo);
}

/** The message names no token. */
function parseTokens(text: string, file: string): TokensFile {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || !Array.isArray(value["users"])) throw new TypeError("users: should be an array");
    const { anonymous } = value;
    return {
      anonymous: typeof anonymous === "string" ? anonymous : null,
      users: value["users"].map((user: unknown, index) => parseUser(user, `users[${index}]`)),
    };
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : "not JSON";
    throw new HubError("INVALID_TOKEN", `${file} does not describe users: ${reason}`);
  }
}

function parseUser(user: unknown, at: string): TokensFile["users"][number] {
  if (!isRecord(user) || typeof user["name"] !== "string") throw new TypeError(`${at}.name: should be a string`);
  const { name, organizations = [], tokens = [] } = user;
  if (!Array.isArray(organizations)) throw new TypeError(`${at}.organizations: should be an array`);
  if (!Array.isArray(tokens)) throw new TypeError(`${at}.tokens: should be an array`);
  return {
    name,
    organizations: organizations.map(String),
    tokens: tokens.map((token: unknown, index) => {
      if (!isRecord(token) || typeof token["token"] !== "string" || token["token"] === "") {
        throw new TypeError(`${at}.tokens[${index}].token: should be a string`);
      }
      return { token: token["token"], role: token["role"] === "read" ? "read" : "write" };
    }),
  };
}
