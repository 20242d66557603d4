import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type Bucket, Storage } from "@google-cloud/storage";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type StorageServer, startStorage } from "./index.ts";

let folder: string;
let server: StorageServer;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "storage-"));
  server = await startStorage({ folder });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function connect(url: string): Storage {
  return new Storage({ apiEndpoint: url, projectId: "test", useAuthWithCustomEndpoint: false });
}

async function newBucket(): Promise<Bucket> {
  const [bucket] = await connect(server.url).createBucket(`bucket-${++count}`);
  return bucket;
}

async function code(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    (error: { code?: unknown }) => error.code,
  );
}

async function names(bucket: Bucket, query: object = {}): Promise<string[]> {
  const [files] = await bucket.getFiles(query);
  return files.map((file) => file.name);
}

describe("buckets", () => {
  test("are made once, read, listed, labelled and deleted when empty", async () => {
    const bucket = await newBucket();
    expect(await code(connect(server.url).createBucket(bucket.name))).toBe(409);
    await bucket.setLabels({ team: "ml" });
    const [metadata] = await bucket.getMetadata();
    expect(metadata).toMatchObject({ name: bucket.name, labels: { team: "ml" }, metageneration: "2" });
    const [buckets] = await connect(server.url).getBuckets();
    expect(buckets.map(({ name }) => name)).toContain(bucket.name);
    await bucket.file("held").save("x");
    expect(await code(bucket.delete())).toBe(409);
    await bucket.file("held").delete();
    await bucket.delete();
    expect(await bucket.exists()).toEqual([false]);
  });

  test("a name that is a path is refused", async () => {
    expect(await code(connect(server.url).createBucket("../escape"))).toBe(400);
    expect(await code(connect(server.url).createBucket(".store"))).toBe(400);
  });

  test("an object in a bucket that is not there is not found", async () => {
    expect(await code(connect(server.url).bucket("nowhere").file("x").save("x", { resumable: false }))).toBe(404);
  });
});

describe("uploads and downloads", () => {
  test.each([
    ["multipart", { resumable: false }],
    ["resumable in one request", { resumable: true }],
    ["resumable in chunks", { resumable: true, chunkSize: 256 * 1024 }],
  ])("%s: bytes, checksums and metadata come back", async (_, options) => {
    const bucket = await newBucket();
    const content = randomBytes(1_000_003);
    const file = bucket.file("deep/er/data.bin");
    await file.save(content, { ...options, metadata: { contentType: "application/x-test", metadata: { who: "me" } } });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({ size: "1000003", contentType: "application/x-test", metadata: { who: "me" } });
    expect(metadata.md5Hash).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    const [downloaded] = await file.download({ validation: "md5" });
    expect(downloaded.equals(content)).toBe(true);
    expect((await readFile(join(folder, bucket.name, "deep/er/data.bin"))).equals(content)).toBe(true);
  });

  test("an empty object, and ranges of one", async () => {
    const bucket = await newBucket();
    await bucket.file("empty").save("", { resumable: false });
    await bucket.file("empty-too").save("", { resumable: true });
    expect((await bucket.file("empty").download())[0].length).toBe(0);
    expect((await bucket.file("empty-too").download())[0].length).toBe(0);
    await bucket.file("digits").save("0123456789");
    expect(String((await bucket.file("digits").download({ start: 3, end: 5 }))[0])).toBe("345");
    expect(String((await bucket.file("digits").download({ start: 8 }))[0])).toBe("89");
    expect(await code(bucket.file("digits").download({ start: 10 }))).toBe(416);
  });

  test("gzip is kept as it is and read as what it was", async () => {
    const bucket = await newBucket();
    await bucket.file("text").save("hello ".repeat(1000), { gzip: true, resumable: false });
    const [metadata] = await bucket.file("text").getMetadata();
    expect(metadata.contentEncoding).toBe("gzip");
    expect(Number(metadata.size)).toBeLessThan(1000);
    expect(String((await bucket.file("text").download())[0])).toBe("hello ".repeat(1000));
    const plain = await fetch(`${server.url}/${bucket.name}/text`, { headers: { "accept-encoding": "identity" } });
    expect(await plain.text()).toBe("hello ".repeat(1000));
  });

  test("a download goes on with the bytes that it began with when the object is replaced meanwhile", async () => {
    const bucket = await newBucket();
    const first = randomBytes(8_000_000);
    await bucket.file("model").save(first);
    const stream = bucket.file("model").createReadStream();
    stream.once("readable", () => {});
    await new Promise((resolve) => stream.once("response", resolve));
    await bucket.file("model").save(randomBytes(8_000_000));
    expect((await buffer(stream)).equals(first)).toBe(true);
  });

  test("a wrong checksum leaves no object", async () => {
    const bucket = await newBucket();
    for (const resumable of [true, false]) {
      const metadata = { crc32c: "AAAAAA==" };
      expect(await code(bucket.file("bad").save("good bytes", { resumable, validation: false, metadata }))).toBe(400);
      expect(await bucket.file("bad").exists()).toEqual([false]);
    }
  });

  test("a simple upload that breaks leaves nothing", async () => {
    const bucket = await newBucket();
    await breakUpload(`${server.url}/upload/storage/v1/b/${bucket.name}/o?uploadType=media&name=half`, "POST", {
      "content-length": 1_000_000,
    });
    expect(await bucket.file("half").exists()).toEqual([false]);
    await vi.waitUntil(async () => (await readdir(join(folder, ".store/staging"))).length === 0);
  });
});

describe("resumable uploads", () => {
  test("a broken one is no object, says how far it came, and can be finished", async () => {
    const bucket = await newBucket();
    const content = randomBytes(600_000);
    const file = bucket.file("large");
    const [uri] = await file.createResumableUpload();
    await breakUpload(
      uri,
      "PUT",
      { "content-range": "bytes 0-599999/600000", "content-length": 600_000 },
      content.subarray(0, 400_000),
    );
    expect(await file.exists()).toEqual([false]);
    const status = await fetch(uri, {
      method: "PUT",
      headers: { "content-range": "bytes */600000" },
      redirect: "manual",
    });
    expect(status.status).toBe(308);
    const received = Number(status.headers.get("range")?.split("-")[1]) + 1;
    expect(received).toBeGreaterThan(0);
    await pipeline(
      Readable.from([content.subarray(received)]),
      file.createWriteStream({ uri, offset: received, validation: false }),
    );
    expect((await file.download())[0].equals(content)).toBe(true);
    const [metadata] = await file.getMetadata();
    const again = bucket.file("same");
    await again.save(content, { resumable: false });
    expect((await again.getMetadata())[0].md5Hash).toBe(metadata.md5Hash);
  });

  test("survives a restart of the server", async () => {
    const own = await mkdtemp(join(tmpdir(), "storage-"));
    const content = randomBytes(600_000);
    const first = await startStorage({ folder: own });
    const [bucket] = await connect(first.url).createBucket("restarted");
    const [uri] = await bucket.file("large").createResumableUpload({ metadata: { contentType: "a/b" } });
    await fetch(uri, {
      method: "PUT",
      headers: { "content-range": "bytes 0-262143/600000" },
      body: content.subarray(0, 262144),
    });
    await first.close();
    const second = await startStorage({ folder: own });
    const moved = uri.replace(first.url, second.url);
    const done = await fetch(moved, {
      method: "PUT",
      headers: { "content-range": "bytes 262144-599999/600000" },
      body: content.subarray(262144),
    });
    expect(await done.json()).toMatchObject({ size: "600000", contentType: "a/b" });
    const [downloaded] = await connect(second.url).bucket("restarted").file("large").download({ validation: "md5" });
    expect(downloaded.equals(content)).toBe(true);
    await second.close();
    await rm(own, { recursive: true });
  });

  test("a cancelled one is gone", async () => {
    const bucket = await newBucket();
    const [uri] = await bucket.file("never").createResumableUpload();
    expect((await fetch(uri, { method: "DELETE" })).status).toBe(499);
    expect((await fetch(uri, { method: "PUT", body: "x" })).status).toBe(410);
  });

  test("the precondition holds at its end, not only at its start", async () => {
    const bucket = await newBucket();
    const file = bucket.file("contested");
    const [uri] = await file.createResumableUpload({ preconditionOpts: { ifGenerationMatch: 0 } });
    await file.save("first", { resumable: false });
    expect((await fetch(uri, { method: "PUT", body: "second" })).status).toBe(412);
    expect(String((await file.download())[0])).toBe("first");
  });
});

describe("preconditions", () => {
  test.each([true, false])("of ten racers with ifGenerationMatch=0 one wins (resumable: %s)", async (resumable) => {
    const bucket = await newBucket();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, racer) =>
        code(bucket.file("lock").save(`racer ${racer}`, { resumable, preconditionOpts: { ifGenerationMatch: 0 } })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "no error")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 412)).toHaveLength(9);
    const [content] = await bucket.file("lock").download();
    expect(String(content)).toBe(`racer ${outcomes.indexOf("no error")}`);
  });

  test("hold on every verb", async () => {
    const bucket = await newBucket();
    const file = bucket.file("x");
    await file.save("one");
    const [{ generation }] = await file.getMetadata();
    const base = `${server.url}/storage/v1/b/${bucket.name}/o/x`;
    const call = async (method: string, path: string, body?: unknown) =>
      (await fetch(base + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })).status;
    expect(await call("GET", "?ifGenerationMatch=1")).toBe(412);
    expect(await call("GET", `?ifGenerationNotMatch=${generation}`)).toBe(304);
    expect(await call("GET", `?alt=media&ifGenerationNotMatch=${generation}`)).toBe(304);
    expect(await call("GET", "?ifMetagenerationMatch=7")).toBe(412);
    expect(await call("PATCH", "?ifMetagenerationMatch=7", {})).toBe(412);
    expect(await call("PATCH", "?ifMetagenerationMatch=1", { metadata: { a: "b" } })).toBe(200);
    expect(await call("PATCH", "?ifMetagenerationNotMatch=2", {})).toBe(412);
    expect(await call("DELETE", "?ifGenerationMatch=1")).toBe(412);
    expect(await call("POST", `/rewriteTo/b/${bucket.name}/o/y?ifSourceGenerationMatch=1`, {})).toBe(412);
    expect(await call("POST", `/rewriteTo/b/${bucket.name}/o/x?ifGenerationMatch=0`, {})).toBe(412);
    expect(await call("POST", "/compose?ifGenerationMatch=0", { sourceObjects: [{ name: "x" }] })).toBe(412);
    expect(await call("GET", "?generation=1")).toBe(404);
    expect(await call("GET", `?generation=${generation}`)).toBe(200);
    expect(await call("DELETE", `?ifGenerationMatch=${generation}`)).toBe(204);
    expect(await names(bucket)).toEqual([]);
  });

  test("a generation always grows", async () => {
    const bucket = await newBucket();
    const generations: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await bucket.file("x").save(`${turn}`, { resumable: false });
      generations.push(Number((await bucket.file("x").getMetadata())[0].generation));
      await bucket.file("x").delete();
    }
    expect(generations).toEqual([...new Set(generations)].sort((a, b) => a - b));
  });
});

describe("copies, compositions, metadata", () => {
  test("copy and move keep bytes and metadata", async () => {
    const bucket = await newBucket();
    const other = await newBucket();
    await bucket.file("a").save("bytes", { metadata: { contentType: "text/plain", metadata: { k: "v" } } });
    await bucket.file("a").copy(other.file("b/c"));
    const [metadata] = await other.file("b/c").getMetadata();
    expect(metadata).toMatchObject({ contentType: "text/plain", metadata: { k: "v" } });
    expect(String((await other.file("b/c").download({ validation: "md5" }))[0])).toBe("bytes");
    await bucket.file("a").move("z");
    expect(await names(bucket)).toEqual(["z"]);
  });

  test("compose joins in order, without an MD5", async () => {
    const bucket = await newBucket();
    await Promise.all(["one ", "two ", "three"].map((text, index) => bucket.file(`part-${index}`).save(text)));
    await bucket.combine(["part-0", "part-1", "part-2"], "whole");
    const [metadata] = await bucket.file("whole").getMetadata();
    expect(metadata.componentCount).toBe(3);
    expect(metadata.md5Hash).toBeUndefined();
    expect(String((await bucket.file("whole").download())[0])).toBe("one two three");
  });

  test("a metadata update leaves the bytes, and null takes a key away", async () => {
    const bucket = await newBucket();
    const file = bucket.file("x");
    await file.save("x", { metadata: { metadata: { a: "1", b: "2" } } });
    const [before] = await file.getMetadata();
    await file.setMetadata({ metadata: { a: null, c: "3" }, cacheControl: "no-store" });
    const [after] = await file.getMetadata();
    expect(after).toMatchObject({ metadata: { b: "2", c: "3" }, cacheControl: "no-store", metageneration: "2" });
    expect(after.metadata).not.toHaveProperty("a");
    expect(after.generation).toBe(before.generation);
  });
});

describe("listing", () => {
  test("has Google's order, folders before their siblings included", async () => {
    const bucket = await newBucket();
    const all = ["a", "a-b", "a.b", "a/b", "a/b/c", "aé", "b/1", "b/2", "z//double", "z/", "é", "\u{1F600}", "\uFFFD"];
    for (const name of all) await bucket.file(name).save(name, { resumable: false });
    const expected = [...all].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(await names(bucket)).toEqual(expected);
    expect(await names(bucket, { prefix: "a/" })).toEqual(["a/b", "a/b/c"]);
    expect(await names(bucket, { startOffset: "a/b", endOffset: "b/2" })).toEqual(["a/b", "a/b/c", "aé", "b/1"]);
    for (const name of all) expect(String((await bucket.file(name).download())[0])).toBe(name);
  });

  test("pages of every size give the same, with groups", async () => {
    const bucket = await newBucket();
    for (const name of ["a", "d/1", "d/2", "d/e/3", "f", "g/", "g/4", "h"]) await bucket.file(name).save("");
    for (const maxResults of [1, 2, 3, 100]) {
      const found: string[] = [];
      let pageToken: string | undefined;
      do {
        const query = {
          delimiter: "/",
          maxResults,
          autoPaginate: false,
          ...(pageToken !== undefined && { pageToken }),
        };
        const [files, next, response] = await bucket.getFiles(query);
        const { prefixes = [] } = response as { prefixes?: string[] };
        expect(files.length + prefixes.length).toBeLessThanOrEqual(maxResults);
        found.push(...[...files.map((file) => file.name), ...prefixes].sort());
        pageToken = (next as { pageToken?: string } | null)?.pageToken;
      } while (pageToken !== undefined);
      expect(found.sort()).toEqual(["a", "d/", "f", "g/", "h"]);
    }
    expect(await names(bucket, { matchGlob: "**/*[34]" })).toEqual(["d/e/3", "g/4"]);
  });
});

describe("plain files", () => {
  test("a file that a process writes is an object, with generation and checksum of its own", async () => {
    const bucket = await newBucket();
    await mkdir(join(folder, bucket.name, "runs/1"), { recursive: true });
    const path = join(folder, bucket.name, "runs/1/metrics.json");
    await writeFile(path, "{}");
    expect(await names(bucket, { prefix: "runs/" })).toEqual(["runs/1/metrics.json"]);
    const file = bucket.file("runs/1/metrics.json");
    const [before] = await file.getMetadata();
    expect(String((await file.download({ validation: "crc32c" }))[0])).toBe("{}");
    await writeFile(path, '{"loss": 1}');
    const [after] = await file.getMetadata();
    expect(Number(after.generation)).toBeGreaterThan(Number(before.generation));
    expect(after.crc32c).not.toBe(before.crc32c);
    expect(String((await file.download())[0])).toBe('{"loss": 1}');
    await rm(path);
    expect(await file.exists()).toEqual([false]);
  });

  test("no name leaves the bucket's folder, and none is lost", async () => {
    const bucket = await newBucket();
    const odd = [
      "../../outside",
      "a/../../b",
      "/absolute",
      "x/./y",
      `${"long".repeat(80)}/x`,
      "a\\b",
      "..%2f..",
      "C:x",
    ];
    for (const name of odd) await bucket.file(name).save(name, { resumable: false });
    expect((await names(bucket)).sort()).toEqual([...odd].sort());
    for (const name of odd) expect(String((await bucket.file(name).download())[0])).toBe(name);
    expect(await code(bucket.file("..").save("x", { resumable: false }))).toBe(400);
    expect((await readdir(folder)).filter((entry) => !entry.startsWith("bucket-"))).toEqual([".store"]);
  });

  test("a folder and an object may have the same name, in either order", async () => {
    const bucket = await newBucket();
    await bucket.file("a").save("file first", { resumable: false });
    await bucket.file("a/b").save("below a file", { resumable: false });
    await bucket.file("c/d").save("folder first", { resumable: false });
    await bucket.file("c").save("above a folder", { resumable: false });
    expect(await names(bucket)).toEqual(["a", "a/b", "c", "c/d"]);
    await bucket.file("a").delete();
    await bucket.file("a/b").save("now a file", { resumable: false });
    expect(await readFile(join(folder, bucket.name, "a/b"), "utf8")).toBe("now a file");
    expect(await names(bucket)).toEqual(["a/b", "c", "c/d"]);
  });

  test("a link is no object: it could lead anywhere", async () => {
    const bucket = await newBucket();
    await symlink("/etc/passwd", join(folder, bucket.name, "link"));
    expect(await names(bucket)).toEqual([]);
    expect(await code(bucket.file("link").download())).toBe(404);
  });

  test("objects outlive the server", async () => {
    const own = await mkdtemp(join(tmpdir(), "storage-"));
    const first = await startStorage({ folder: own });
    const [bucket] = await connect(first.url).createBucket("kept");
    await bucket.file("a/b").save("x", { metadata: { contentType: "text/x" } });
    const [before] = await bucket.file("a/b").getMetadata();
    await first.close();
    const second = await startStorage({ folder: own });
    const [after] = await connect(second.url).bucket("kept").file("a/b").getMetadata();
    expect(after).toMatchObject({ generation: before.generation, md5Hash: before.md5Hash, contentType: "text/x" });
    await second.close();
    await rm(own, { recursive: true });
  });
});

/** Sends some bytes of a longer body, waits until the server has them, and breaks the connection. */
async function breakUpload(
  url: string,
  method: string,
  headers: Record<string, string | number>,
  bytes: Buffer = randomBytes(300_000),
): Promise<void> {
  const before = await stagedBytes();
  const broken = request(url, { method, headers });
  const closed = new Promise((resolve) => broken.on("error", () => {}).on("close", resolve));
  broken.write(bytes);
  await vi.waitUntil(async () => (await stagedBytes()) >= before + bytes.length, { timeout: 10_000 });
  broken.destroy();
  await closed;
}

async function stagedBytes(): Promise<number> {
  const staging = join(folder, ".store/staging");
  const sizes = await Promise.all((await readdir(staging)).map(async (name) => (await stat(join(staging, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
}
