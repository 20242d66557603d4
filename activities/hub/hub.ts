import {
  type CommitOperation,
  commit,
  createRepo,
  datasetInfo,
  downloadFile,
  fileDownloadInfo,
  HubApiError,
  type ListFileEntry,
  listFiles,
  listModels,
  modelInfo,
} from "@huggingface/hub";
import { suggestion } from "../../pipelines/schema/problems.ts";
import type { Environment } from "../clients/environment.ts";
import { UserError } from "../errors.ts";

export type RepoType = "model" | "dataset";

/** A repo at a commit. */
export interface PinnedRepo {
  readonly type: RepoType;
  readonly name: string;
  /** Commit SHA. */
  readonly revision: string;
  readonly gated: boolean;
}

/** The Hugging Face Hub. Errors that a person must mend come as `UserError`; all others as the client threw them. */
export class Hub {
  readonly #settings: Environment["hub"];
  readonly #readVariable: (name: string) => string | undefined;

  constructor(settings: Environment["hub"], readVariable: (name: string) => string | undefined) {
    this.#settings = settings;
    this.#readVariable = readVariable;
  }

  /** Turns a branch, tag or commit into a commit. Throws `NotFound`, `Gated`. */
  async pin(type: RepoType, name: string, revision: string): Promise<PinnedRepo> {
    try {
      const options = { name, revision, additionalFields: ["sha" as const], ...this.#access() };
      const info = type === "model" ? await modelInfo(options) : await datasetInfo(options);
      return { type, name, revision: info.sha, gated: info.gated !== false };
    } catch (error) {
      if (isStatus(error, 403)) throw this.#gated(type, name, error);
      if (isStatus(error, 401) || isStatus(error, 404)) throw await this.#missing(type, name, revision, error);
      throw error;
    }
  }

  /** Every file of a repo, without its folders. */
  async files(repo: PinnedRepo): Promise<ListFileEntry[]> {
    return this.#reading(repo, async () => {
      const entries: ListFileEntry[] = [];
      for await (const entry of listFiles({
        repo: designation(repo),
        revision: repo.revision,
        recursive: true,
        ...this.#access(),
      })) {
        if (entry.type === "file") entries.push(entry);
      }
      return entries.sort((left, right) => (left.path < right.path ? -1 : 1));
    });
  }

  /** Throws `NotFound` with the nearest path, or `Gated`, unless the file can be read. */
  async requireFile(repo: PinnedRepo, path: string): Promise<void> {
    const found = await this.#reading(repo, () =>
      fileDownloadInfo({ repo: designation(repo), path, revision: repo.revision, ...this.#access() }),
    );
    if (found === null) throw await this.#missingFile(repo, path);
  }

  /** The file's content, not yet read: its stream can be read piece by piece. */
  async open(repo: PinnedRepo, path: string): Promise<Blob> {
    const blob = await this.#reading(repo, () =>
      downloadFile({ repo: designation(repo), path, revision: repo.revision, ...this.#access() }),
    );
    if (blob === null) throw await this.#missingFile(repo, path);
    return blob;
  }

  /** Creates a model repo unless it is there. */
  async ensureModel(name: string, isPrivate: boolean): Promise<void> {
    try {
      // The client's type asks for a token where a Hub of one's own may need none.
      const access = { ...this.#access(), accessToken: this.#token() as string };
      await createRepo({ repo: { type: "model", name }, visibility: isPrivate ? "private" : "public", ...access });
    } catch (error) {
      if (isStatus(error, 409)) return;
      throw this.#writing(name, error);
    }
  }

  /** Commits on `main`, on top of `parent`, or fails. */
  async commit(
    name: string,
    title: string,
    description: string,
    operations: CommitOperation[],
    parent: string,
  ): Promise<string> {
    try {
      const output = await commit({
        repo: { type: "model", name },
        title,
        description,
        operations,
        parentCommit: parent,
        ...this.#access(),
      });
      if (!output) throw new Error(`the Hub answered the commit to ${name} without its id`);
      return output.commit.oid;
    } catch (error) {
      throw this.#writing(name, error);
    }
  }

  /** The page of a repo for a person. */
  page(type: RepoType, name: string): string {
    return `${this.#settings.url.replace(/\/+$/, "")}/${type === "dataset" ? "datasets/" : ""}${name}`;
  }

  #access(): { hubUrl: string; accessToken?: string } {
    const accessToken = this.#token();
    return { hubUrl: this.#settings.url, ...(accessToken === undefined ? {} : { accessToken }) };
  }

  /** Read at each use, so that a rotated token needs no restart and none is kept. */
  #token(): string | undefined {
    const { tokenVariable } = this.#settings;
    return tokenVariable === null ? undefined : this.#readVariable(tokenVariable) || undefined;
  }

  async #reading<Value>(repo: PinnedRepo, read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      if (isStatus(error, 403) || (isStatus(error, 401) && repo.gated)) throw this.#gated(repo.type, repo.name, error);
      if (isStatus(error, 401) || isStatus(error, 404))
        throw await this.#missing(repo.type, repo.name, repo.revision, error);
      throw error;
    }
  }

  #writing(name: string, error: unknown): unknown {
    if (!isStatus(error, 401) && !isStatus(error, 403)) return error;
    const variable = this.#settings.tokenVariable;
    const remedy =
      variable === null
        ? "name a variable with a token (hub.tokenVariable)"
        : `give $${variable} a token that may write there`;
    return new UserError(
      "Unauthorized",
      `the Hub does not let us write to ${this.page("model", name)}: ${remedy}`,
      [],
      error,
    );
  }

  #gated(type: RepoType, name: string, cause: unknown): UserError {
    const variable = this.#settings.tokenVariable;
    const token = variable === null ? "a token" : `the token in $${variable}`;
    const page = this.page(type, name);
    return new UserError(
      "Gated",
      `the ${type} ${name} is gated or private: accept its license at ${page}, with the account of ${token}`,
      [],
      cause,
    );
  }

  async #missing(type: RepoType, name: string, revision: string, cause: unknown): Promise<UserError> {
    const head = revision === "main" ? false : await this.#exists(type, name);
    if (head)
      return new UserError(
        "NotFound",
        `the ${type} ${name} has no revision ${revision} (${this.page(type, name)})`,
        [],
        cause,
      );
    const near = type === "model" ? suggestion(name, await this.#similar(name)) : "";
    return new UserError(
      "NotFound",
      `there is no ${type} ${name} at ${this.#settings.url}, or it is private and our token may not read it${near}`,
      [],
      cause,
    );
  }

  async #missingFile(repo: PinnedRepo, path: string): Promise<UserError> {
    const paths = (await this.files(repo)).map((entry) => entry.path);
    return new UserError(
      "NotFound",
      `the ${repo.type} ${repo.name} has no file ${path} at ${repo.revision}${suggestion(path, paths.slice(0, 200))}`,
    );
  }

  async #exists(type: RepoType, name: string): Promise<boolean> {
    try {
      const options = { name, ...this.#access() };
      await (type === "model" ? modelInfo(options) : datasetInfo(options));
      return true;
    } catch (error) {
      if (error instanceof HubApiError) return false;
      throw error;
    }
  }

  /** Names to suggest; a Hub without search suggests none. */
  async #similar(name: string): Promise<string[]> {
    const found: string[] = [];
    try {
      const query = name.split("/").at(-1) ?? name;
      for await (const model of listModels({ search: { query }, limit: 5, ...this.#access() })) found.push(model.name);
    } catch (error) {
      if (!(error instanceof HubApiError)) throw error;
    }
    return found;
  }
}

function designation(repo: PinnedRepo): { type: RepoType; name: string } {
  return { type: repo.type, name: repo.name };
}

function isStatus(error: unknown, status: number): error is HubApiError {
  return error instanceof HubApiError && error.statusCode === status;
}
