import { DatabaseSync } from "node:sqlite";

/** The parts of an object's resource that a client may set. */
export interface ObjectFields {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentDisposition?: string;
  readonly contentLanguage?: string;
  readonly cacheControl?: string;
  readonly customTime?: string;
  readonly storageClass?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ObjectRecord {
  readonly bucket: string;
  readonly name: string;
  /** Microseconds since the epoch, or a little more: it always grows. */
  readonly generation: number;
  readonly metageneration: number;
  /** Bytes. */
  readonly size: number;
  /** Of the file that this record describes: when the file's differs, somebody wrote it directly. */
  readonly fingerprint: string;
  /** The object does not stand under its own name, because no file can stand there. */
  readonly aside: boolean;
  /** Null until somebody asks. */
  readonly crc32c: string | null;
  /** Null for composed objects and for files written directly, as Google's are. */
  readonly md5: string | null;
  readonly componentCount: number | null;
  readonly fields: ObjectFields;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly updated: number;
}

export interface BucketRecord {
  readonly name: string;
  readonly metageneration: number;
  /** What the client set: location, labels and so on, given back as it came. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly created: number;
  readonly updated: number;
}

/** A resumable upload that is neither finished nor cancelled. */
export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly name: string;
  /** What `uploads.ts` needs to finish it. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly created: number;
}

/** A multipart upload that is neither completed nor aborted. */
export interface MultipartRecord {
  readonly id: string;
  readonly bucket: string;
  readonly name: string;
  readonly fields: ObjectFields;
  /** Bytes between the beginnings of two parts in its file; null until a part came. */
  readonly slot: number | null;
  readonly created: number;
}

export interface PartRecord {
  readonly upload: string;
  /** From 1. */
  readonly number: number;
  /** Where its bytes are: a file of the staging folder, and the offset in it. */
  readonly file: string;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly crc32c: string;
  readonly etag: string;
  readonly modified: number;
}

/** What is known of buckets, objects and uploads besides their bytes. */
export class Catalog {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS objects (
        bucket TEXT NOT NULL, name TEXT NOT NULL, aside INTEGER NOT NULL, record TEXT NOT NULL,
        PRIMARY KEY (bucket, name)
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS multiparts (
        id TEXT PRIMARY KEY, bucket TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS parts (
        upload TEXT NOT NULL, number INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (upload, number)
      ) WITHOUT ROWID;
    `);
  }

  bucket(name: string): BucketRecord | undefined {
    return this.#one("SELECT record FROM buckets WHERE name = ?", name);
  }

  buckets(): BucketRecord[] {
    return this.#all("SELECT record FROM buckets ORDER BY name");
  }

  putBucket(record: BucketRecord): void {
    this.#run("INSERT OR REPLACE INTO buckets VALUES (?, ?)", record.name, JSON.stringify(record));
  }

  deleteBucket(name: string): void {
    this.#run("DELETE FROM buckets WHERE name = ?", name);
    this.#run("DELETE FROM objects WHERE bucket = ?", name);
  }

  object(bucket: string, name: string): ObjectRecord | undefined {
    return this.#one("SELECT record FROM objects WHERE bucket = ? AND name = ?", bucket, name);
  }

  /** Names of the objects that stand aside, in order. */
  asideNames(bucket: string, from: string): string[] {
    const statement = this.#database.prepare(
      "SELECT name FROM objects WHERE bucket = ? AND aside = 1 AND name >= ? ORDER BY name",
    );
    return statement.all(bucket, from).map((row) => String(row["name"]));
  }

  putObject(record: ObjectRecord): void {
    this.#run(
      "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)",
      record.bucket,
      record.name,
      record.aside ? 1 : 0,
      JSON.stringify(record),
    );
  }

  deleteObject(bucket: string, name: string): void {
    this.#run("DELETE FROM objects WHERE bucket = ? AND name = ?", bucket, name);
  }

  upload(id: string): UploadRecord | undefined {
    return this.#one("SELECT record FROM uploads WHERE id = ?", id);
  }

  putUpload(record: UploadRecord): void {
    this.#run("INSERT OR REPLACE INTO uploads VALUES (?, ?)", record.id, JSON.stringify(record));
  }

  deleteUpload(id: string): void {
    this.#run("DELETE FROM uploads WHERE id = ?", id);
  }

  multipart(id: string): MultipartRecord | undefined {
    return this.#one("SELECT record FROM multiparts WHERE id = ?", id);
  }

  /** In the order of their names, and of one name the oldest first. */
  multiparts(bucket: string): MultipartRecord[] {
    const records = this.#all<MultipartRecord>("SELECT record FROM multiparts WHERE bucket = ? ORDER BY name", bucket);
    return records.sort((left, right) => (left.name === right.name ? left.created - right.created : 0));
  }

  putMultipart(record: MultipartRecord): void {
    const { id, bucket, name } = record;
    this.#run("INSERT OR REPLACE INTO multiparts VALUES (?, ?, ?, ?)", id, bucket, name, JSON.stringify(record));
  }

  deleteMultipart(id: string): void {
    this.#run("DELETE FROM multiparts WHERE id = ?", id);
    this.#run("DELETE FROM parts WHERE upload = ?", id);
  }

  part(upload: string, number: number): PartRecord | undefined {
    return this.#one("SELECT record FROM parts WHERE upload = ? AND number = ?", upload, number);
  }

  /** In their order. */
  parts(upload: string): PartRecord[] {
    return this.#all("SELECT record FROM parts WHERE upload = ? ORDER BY number", upload);
  }

  putPart(record: PartRecord): void {
    this.#run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?)", record.upload, record.number, JSON.stringify(record));
  }

  close(): void {
    this.#database.close();
  }

  #one<T>(sql: string, ...parameters: (string | number)[]): T | undefined {
    const row = this.#database.prepare(sql).get(...parameters);
    return row && (JSON.parse(String(row["record"])) as T);
  }

  #all<T>(sql: string, ...parameters: string[]): T[] {
    return this.#database
      .prepare(sql)
      .all(...parameters)
      .map((row) => JSON.parse(String(row["record"])) as T);
  }

  #run(sql: string, ...parameters: (string | number)[]): void {
    this.#database.prepare(sql).run(...parameters);
  }
}
