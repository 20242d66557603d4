import { randomUUID } from "node:crypto";
import { type BigIntStats, constants, createReadStream } from "node:fs";
import { copyFile, type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../clock.ts";
import { KeyedMutex } from "../keyed-mutex.ts";
import type { Catalog, ObjectFields, ObjectRecord } from "./catalog.ts";
import { crc32cOf } from "./checksums.ts";
import { StorageError } from "./errors.ts";
import { asidePath, checkObjectName, plainPath } from "./object-names.ts";
import { checkPreconditions, type Preconditions } from "./preconditions.ts";
import { discardStaged, fingerprintOf, type StagedFile } from "./staged-file.ts";

export interface Folders {
  /** One folder a bucket. */
  readonly buckets: string;
  /** Objects that cannot stand as plain files. */
  readonly aside: string;
  /** On the same file system as `buckets`, so that a rename is atomic. */
  readonly staging: string;
}

/** What a staged file becomes. */
export interface NewObject {
  readonly fields: ObjectFields;
  readonly preconditions: Preconditions;
  /** Set for composed objects, which have no MD5. */
  readonly componentCount: number | null;
}

/**
 * Objects as files. A file that somebody wrote into a bucket's folder is an object as soon as it is looked at; an
 * object's bytes appear in one rename, so that nobody ever sees half of one.
 */
export class ObjectStore {
  readonly #catalog: Catalog;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly folders: Folders;
  #lastGeneration = 0;

  constructor(catalog: Catalog, clock: Clock, folders: Folders) {
    this.#catalog = catalog;
    this.#clock = clock;
    this.folders = folders;
  }

  /** The live object with its checksum; of `generation`, when one is asked for. Throws NOT_FOUND. */
  async get(bucket: string, name: string, generation: number | null): Promise<ObjectRecord> {
    return this.#expect(await this.describe(bucket, name), bucket, name, generation);
  }

  async find(bucket: string, name: string): Promise<ObjectRecord | undefined> {
    return this.#locked(bucket, name, () => this.#findLocked(bucket, name));
  }

  /** An object together with its open file, which stays what it was however the object changes. Close the handle. */
  async open(
    bucket: string,
    name: string,
    generation: number | null,
  ): Promise<{ readonly record: ObjectRecord; readonly handle: FileHandle }> {
    const opened = await this.#locked(bucket, name, async () => {
      const record = this.#expect(await this.#findLocked(bucket, name), bucket, name, generation);
      return { record, handle: await open(this.#path(record), "r") };
    });
    try {
      return { record: await this.#withCrc32c(opened.record, opened.handle), handle: opened.handle };
    } catch (error) {
      await opened.handle.close();
      throw error;
    }
  }

  /** The record with its checksum, computed now if nobody asked before; undefined when there is no object. */
  async describe(bucket: string, name: string): Promise<ObjectRecord | undefined> {
    const record = await this.find(bucket, name);
    if (record === undefined || record.crc32c !== null) return record;
    try {
      const opened = await this.open(bucket, name, null);
      await opened.handle.close();
      return opened.record;
    } catch (error) {
      if (error instanceof StorageError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  }

  /** Makes a staged file an object, if the preconditions hold at that moment; else discards it and throws. */
  async commit(bucket: string, name: string, staged: StagedFile, object: NewObject): Promise<ObjectRecord> {
    try {
      checkObjectName(name);
      return await this.#locked(bucket, name, async () => {
        const before = await this.#findLocked(bucket, name);
        checkPreconditions(object.preconditions, before, "write");
        const aside = await this.#place(staged.path, bucket, name);
        if (before?.aside && !aside) await rm(this.#path(before), { force: true });
        const now = this.#clock.now();
        const record: ObjectRecord = {
          bucket,
          name,
          generation: this.#nextGeneration(before),
          metageneration: 1,
          size: staged.bytes,
          fingerprint: staged.fingerprint,
          aside,
          crc32c: staged.checksums.crc32c,
          md5: object.componentCount === null ? staged.checksums.md5 : null,
          componentCount: object.componentCount,
          fields: object.fields,
          created: now,
          updated: now,
        };
        this.#catalog.putObject(record);
        return record;
      });
    } catch (error) {
      await discardStaged(staged.path);
      throw error;
    }
  }

  /** A private copy of an object's bytes, sharing blocks where the file system can. */
  async stageCopy(bucket: string, name: string, generation: number | null): Promise<StagedFile> {
    const path = join(this.folders.staging, randomUUID());
    const record = await this.#locked(bucket, name, async () => {
      const source = this.#expect(await this.#findLocked(bucket, name), bucket, name, generation);
      await copyFile(this.#path(source), path, constants.COPYFILE_FICLONE);
      return source;
    });
    return {
      path,
      bytes: record.size,
      checksums: { crc32c: record.crc32c ?? (await crc32cOf(createReadStream(path))), md5: record.md5 },
      fingerprint: fingerprintOf(await lstat(path, { bigint: true })),
    };
  }

  async update(
    bucket: string,
    name: string,
    generation: number | null,
    preconditions: Preconditions,
    change: (fields: ObjectFields) => ObjectFields,
  ): Promise<ObjectRecord> {
    return this.#locked(bucket, name, async () => {
      const before = this.#expect(await this.#findLocked(bucket, name), bucket, name, generation);
      checkPreconditions(preconditions, before, "write");
      const record = {
        ...before,
        fields: change(before.fields),
        metageneration: before.metageneration + 1,
        updated: this.#clock.now(),
      };
      this.#catalog.putObject(record);
      return record;
    });
  }

  async delete(bucket: string, name: string, generation: number | null, preconditions: Preconditions): Promise<void> {
    await this.#locked(bucket, name, async () => {
      const before = this.#expect(await this.#findLocked(bucket, name), bucket, name, generation);
      checkPreconditions(preconditions, before, "write");
      await rm(this.#path(before), { force: true });
      this.#catalog.deleteObject(bucket, name);
    });
  }

  /** Gives an object another name in its bucket, in one step. */
  async move(
    bucket: string,
    from: string,
    to: string,
    source: { readonly generation: number | null; readonly preconditions: Preconditions },
    preconditions: Preconditions,
  ): Promise<ObjectRecord> {
    checkObjectName(to);
    if (from === to) throw new StorageError("INVALID", "The source and the destination of a move have the same name.");
    const [first, second] = from < to ? [from, to] : [to, from];
    return this.#locked(bucket, first, () =>
      this.#locked(bucket, second, async () => {
        const moved = this.#expect(await this.#findLocked(bucket, from), bucket, from, source.generation);
        checkPreconditions(source.preconditions, moved, "write");
        const before = await this.#findLocked(bucket, to);
        checkPreconditions(preconditions, before, "write");
        const aside = await this.#place(this.#path(moved), bucket, to);
        if (before?.aside && !aside) await rm(this.#path(before), { force: true });
        const now = this.#clock.now();
        const generation = this.#nextGeneration(before);
        const record = { ...moved, name: to, aside, generation, metageneration: 1, created: now, updated: now };
        this.#catalog.putObject(record);
        this.#catalog.deleteObject(bucket, from);
        return record;
      }),
    );
  }

  #locked<T>(bucket: string, name: string, work: () => Promise<T>): Promise<T> {
    return this.#mutex.run(`${bucket}/${name}`, work);
  }

  #expect(record: ObjectRecord | undefined, bucket: string, name: string, generation: number | null): ObjectRecord {
    if (record === undefined || (generation !== null && generation !== record.generation)) {
      const which = generation === null ? "" : `#${generation}`;
      throw new StorageError("NOT_FOUND", `No such object: ${bucket}/${name}${which}`);
    }
    return record;
  }

  /** Brings record and file together: the file is right. */
  async #findLocked(bucket: string, name: string): Promise<ObjectRecord | undefined> {
    const record = this.#catalog.object(bucket, name);
    const plain = plainPath(join(this.folders.buckets, bucket), name);
    const stats = plain === undefined ? undefined : await statFile(plain);
    if (stats !== undefined) {
      const isKnown = record !== undefined && !record.aside && record.fingerprint === fingerprintOf(stats);
      return isKnown ? record : this.#adopt(bucket, name, stats, record);
    }
    if (record === undefined) return undefined;
    if (record.aside && (await statFile(this.#path(record))) !== undefined) return record;
    this.#catalog.deleteObject(bucket, name);
    return undefined;
  }

  /** Takes a file that was written directly as a new generation of its object. */
  #adopt(bucket: string, name: string, stats: BigIntStats, before: ObjectRecord | undefined): ObjectRecord {
    const modified = Number(stats.mtimeNs / 1_000_000n);
    const record: ObjectRecord = {
      bucket,
      name,
      generation: Math.max(Number(stats.mtimeNs / 1000n), (before?.generation ?? 0) + 1),
      metageneration: 1,
      size: Number(stats.size),
      fingerprint: fingerprintOf(stats),
      aside: false,
      crc32c: null,
      md5: null,
      componentCount: null,
      fields: {},
      created: modified,
      updated: modified,
    };
    this.#catalog.putObject(record);
    return record;
  }

  async #withCrc32c(record: ObjectRecord, handle: FileHandle): Promise<ObjectRecord> {
    if (record.crc32c !== null) return record;
    const chunks = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 });
    const described = { ...record, crc32c: await crc32cOf(chunks) };
    await this.#locked(record.bucket, record.name, async () => {
      const now = await this.#findLocked(record.bucket, record.name);
      if (now?.fingerprint === record.fingerprint && now.generation === record.generation) {
        this.#catalog.putObject({ ...now, crc32c: described.crc32c });
      }
    });
    return described;
  }

  /** Moves a staged file to its object's place; says whether that had to be aside. */
  async #place(staged: string, bucket: string, name: string): Promise<boolean> {
    const plain = plainPath(join(this.folders.buckets, bucket), name);
    if (plain !== undefined) {
      try {
        await mkdir(dirname(plain), { recursive: true });
        await rename(staged, plain);
        return false;
      } catch (error) {
        if (!isPlaceTaken(error)) throw error;
      }
    }
    await rename(staged, asidePath(this.folders.aside, bucket, name));
    return true;
  }

  #path(record: ObjectRecord): string {
    const plain = record.aside ? undefined : plainPath(join(this.folders.buckets, record.bucket), record.name);
    return plain ?? asidePath(this.folders.aside, record.bucket, record.name);
  }

  #nextGeneration(before: ObjectRecord | undefined): number {
    const least = Math.max(this.#lastGeneration, before?.generation ?? 0) + 1;
    this.#lastGeneration = Math.max(least, this.#clock.now() * 1000);
    return this.#lastGeneration;
  }
}

/** Undefined when there is no regular file; a link is none. */
async function statFile(path: string): Promise<BigIntStats | undefined> {
  try {
    const stats = await lstat(path, { bigint: true });
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** A folder stands where the file should, or a file where one of its folders should. */
function isPlaceTaken(error: unknown): boolean {
  return isCode(error, "EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY");
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}
