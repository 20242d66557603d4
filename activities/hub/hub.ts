import {
  type CommitOperation,
  commit,
  createRepo,
  datasetInfo,
  downloadFile,
  fileDownloadInfo,
  HubApiError,
  type ListFileEntry,
  listDatasets,
  listFiles,
  listModels,
  modelInfo,
} from "@huggingface/hub";
import type { Environment } from "../clients/environment.ts";
import { RangeClient } from "../clients/range-client.ts";
import type { ByteSource } from "../storage/transfer.ts";
import { gated, isStatus, missingFile, missingRepo, missingRevision, type Subject, writing } from "./hub-errors.ts";
import { HubFile } from "./hub-file.ts";

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
  readonly #ranges = new RangeClient();

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
      if (isStatus(error, 403)) throw gated(this.#subject(type, name), error);
      if (isStatus(error, 401, 404)) throw await this.#missing(type, name, revision, error);
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

  /** A file that `files` listed, to be read in ranges. Its reads throw `SourceChanged`, `Gated`, `NotFound`. */
  source(repo: PinnedRepo, file: ListFileEntry): ByteSource {
    const path = [repo.name, "resolve", repo.revision, file.path].flatMap((part) => part.split("/"));
    const page = new URL(this.page(repo.type, ""));
    const address = new URL(path.map(encodeURIComponent).join("/"), page);
    const expected = {
      name: `${repo.name}/${file.path}`,
      bytes: file.lfs?.size ?? file.size,
      oid: (file.lfs?.oid ?? file.oid)?.replace(/^sha256:/, ""),
    };
    const content = new HubFile(this.#ranges, address, expected, () => this.#token());
    return { ...expected, read: (...range) => this.#reading(repo, () => content.read(...range)) };
  }

  /** Creates a model repo unless it is there. */
  async ensureModel(name: string, isPrivate: boolean): Promise<void> {
    try {
      // The client's type asks for a token where a Hub of one's own may need none.
      const access = { ...this.#access(), accessToken: this.#token() as string };
      await createRepo({ repo: { type: "model", name }, visibility: isPrivate ? "private" : "public", ...access });
    } catch (error) {
      if (isStatus(error, 409)) return;
      throw writing(this.#subject("model", name), error);
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
      throw writing(this.#subject("model", name), error);
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
      const { type, name, revision } = repo;
      if (isStatus(error, 403) || (isStatus(error, 401) && repo.gated)) throw gated(this.#subject(type, name), error);
      if (isStatus(error, 401, 404)) throw await this.#missing(type, name, revision, error);
      throw error;
    }
  }

  #subject(type: RepoType, name: string): Subject {
    return { what: `${type} ${name}`, page: this.page(type, name), tokenVariable: this.#settings.tokenVariable };
  }

  async #missing(type: RepoType, name: string, revision: string, cause: unknown): Promise<Error> {
    const subject = this.#subject(type, name);
    const exists = revision !== "main" && (await this.#exists(type, name));
    if (exists) return missingRevision(subject, revision, cause);
    return missingRepo(subject, name, await this.#similar(type, name), cause);
  }

  async #missingFile(repo: PinnedRepo, path: string): Promise<Error> {
    const paths = (await this.files(repo)).map((entry) => entry.path);
    return missingFile(this.#subject(repo.type, repo.name), repo.revision, path, paths.slice(0, 200));
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
  async #similar(type: RepoType, name: string): Promise<string[]> {
    const found: string[] = [];
    const options = { search: { query: name.split("/").at(-1) ?? name }, limit: 5, ...this.#access() };
    try {
      for await (const repo of type === "model" ? listModels(options) : listDatasets(options)) found.push(repo.name);
    } catch (error) {
      if (!(error instanceof HubApiError)) throw error;
    }
    return found;
  }
}

function designation(repo: PinnedRepo): { type: RepoType; name: string } {
  return { type: repo.type, name: repo.name };
}
