import { createHash, type Hash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HubError } from "./errors.ts";
import type { TreeEntry } from "./repo.ts";

/** Content by its hash: git's for a small file, sha256 for a large one. */
export interface BlobId {
  readonly algorithm: "git" | "sha256";
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

export function blobOf(entry: TreeEntry): BlobId {
  const { lfs, oid, size } = entry;
  return lfs === null ? { algorithm: "git", hash: oid, size } : { algorithm: "sha256", hash: lfs, size };
}

/** Contents as files, each once, whatever names them; one that is there is whole. */
export class BlobStore {
  readonly #folder: string;
  readonly #staging: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#staging = join(folder, "staging");
  }

  static async open(folder: string): Promise<BlobStore> {
    const store = new BlobStore(folder);
    await mkdir(store.#staging, { recursive: true });
    // What a process that was killed had begun.
    for (const name of await readdir(store.#staging)) await rm(join(store.#staging, name), { force: true });
    return store;
  }

  async has(id: Omit<BlobId, "size">): Promise<boolean> {
    return (await this.sizeOf(id)) !== undefined;
  }

  /** Undefined when it is not here. */
  async sizeOf(id: Omit<BlobId, "size">): Promise<number | undefined> {
    try {
      return (await stat(this.#path(id))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Close the handle. */
  async read(id: BlobId): Promise<FileHandle> {
    return open(this.#path(id), "r");
  }

  /** Takes a stream in, if it is what `id` says; throws INVALID otherwise, and keeps nothing. */
  async receive(id: BlobId, chunks: AsyncIterable<Buffer>): Promise<void> {
    const staged = join(this.#staging, randomUUID());
    const handle = await open(staged, "wx");
    try {
      const hash = newHash(id);
      let size = 0;
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        for (let done = 0; done < chunk.length; ) {
          done += (await handle.write(chunk, done, chunk.length - done)).bytesWritten;
        }
      }
      const digest = hash.digest("hex");
      if (size !== id.size || digest !== id.hash) {
        throw new HubError("INVALID", `Expected ${id.size} bytes of ${id.hash}, got ${size} bytes of ${digest}.`);
      }
      await handle.datasync();
      await handle.close();
      await this.#prepare(id);
      await rename(staged, this.#path(id));
    } catch (error) {
      await handle.close();
      await rm(staged, { force: true });
      throw error;
    }
  }

  async #prepare(id: BlobId): Promise<void> {
    await mkdir(dirname(this.#path(id)), { recursive: true });
  }

  #path({ algorithm, hash }: Omit<BlobId, "size">): string {
    return join(this.#folder, algorithm, hash.slice(0, 2), hash);
  }
}

function newHash({ algorithm, size }: BlobId): Hash {
  return algorithm === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}
