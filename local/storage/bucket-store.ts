import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { type WalkCursor, walkBucket } from "./bucket-walk.ts";
import type { BucketRecord, Catalog } from "./catalog.ts";
import { StorageError } from "./errors.ts";
import { checkBucketName } from "./object-names.ts";
import type { Folders } from "./object-store.ts";
import { checkPreconditions, type Preconditions } from "./preconditions.ts";

/** Buckets as folders. A folder that is there before its bucket is taken over with its files. */
export class BucketStore {
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #folders: Folders;

  constructor(catalog: Catalog, clock: Clock, folders: Folders) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.#folders = folders;
  }

  async create(name: string, fields: Readonly<Record<string, unknown>>): Promise<BucketRecord> {
    checkBucketName(name);
    if (this.#catalog.bucket(name) !== undefined) {
      throw new StorageError(
        "CONFLICT",
        "Your previous request to create the named bucket succeeded and you already own it.",
      );
    }
    const now = this.#clock.now();
    const record = { name, metageneration: 1, fields, created: now, updated: now };
    this.#catalog.putBucket(record);
    await mkdir(join(this.#folders.buckets, name), { recursive: true });
    return record;
  }

  /** Throws NOT_FOUND. */
  get(name: string): BucketRecord {
    const record = this.#catalog.bucket(name);
    if (record === undefined) throw new StorageError("NOT_FOUND", "The specified bucket does not exist.");
    return record;
  }

  list(prefix: string): readonly BucketRecord[] {
    return this.#catalog.buckets().filter((bucket) => bucket.name.startsWith(prefix));
  }

  update(
    name: string,
    preconditions: Preconditions,
    change: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  ): BucketRecord {
    const before = this.get(name);
    checkPreconditions(preconditions, { generation: 0, metageneration: before.metageneration }, "write");
    const record = {
      ...before,
      fields: change(before.fields),
      metageneration: before.metageneration + 1,
      updated: this.#clock.now(),
    };
    this.#catalog.putBucket(record);
    return record;
  }

  /** Only an empty one goes. */
  async delete(name: string, preconditions: Preconditions): Promise<void> {
    const before = this.get(name);
    checkPreconditions(preconditions, { generation: 0, metageneration: before.metageneration }, "write");
    const folder = join(this.#folders.buckets, name);
    const cursor: WalkCursor = { from: "", skip: "" };
    const first = await walkBucket(folder, "", cursor).next();
    if (!first.done || this.#catalog.asideNames(name, "").length > 0) {
      throw new StorageError("CONFLICT", "The bucket you tried to delete is not empty.");
    }
    this.#catalog.deleteBucket(name);
    await rm(folder, { recursive: true, force: true });
  }
}
