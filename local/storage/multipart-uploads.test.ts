import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32c } from "@node-rs/crc32";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { combineCrc32c, encodeCrc32c } from "./checksums.ts";
import { type StorageServer, startStorage } from "./index.ts";

const mebibyte = 1024 * 1024;
let folder: string;
let server: StorageServer;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "storage-"));
  server = await startStorage({ folder });
  await server.ensureBucket("bucket");
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Upload {
  readonly name: string;
  readonly id: string;
}

async function start(headers: Record<string, string> = {}): Promise<Upload> {
  const name = `deep/object-${++count}`;
  const answer = await fetch(`${server.url}/bucket/${name}?uploads`, { method: "POST", headers });
  const id = /<UploadId>(.+)<\/UploadId>/.exec(await answer.text())?.[1];
  if (id === undefined) throw new Error("no upload id");
  return { name, id };
}

async function put({ name, id }: Upload, number: number, body: Buffer, hash?: string) {
  const answer = await fetch(`${server.url}/bucket/${name}?partNumber=${number}&uploadId=${id}`, {
    method: "PUT",
    body: new Uint8Array(body),
    headers: hash === undefined ? {} : { "x-goog-hash": hash },
  });
  return { status: answer.status, etag: answer.headers.get("etag") ?? "", text: await answer.text() };
}

async function complete({ name, id }: Upload, parts: readonly [number: number, etag: string][]) {
  const items = parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`);
  const answer = await fetch(`${server.url}/bucket/${name}?uploadId=${id}`, {
    method: "POST",
    body: `<CompleteMultipartUpload>${items.join("")}</CompleteMultipartUpload>`,
  });
  return { status: answer.status, hash: answer.headers.get("x-goog-hash"), text: await answer.text() };
}

async function read({ name }: Upload): Promise<Buffer | null> {
  const answer = await fetch(`${server.url}/bucket/${name}`);
  return answer.status === 404 ? null : Buffer.from(await answer.arrayBuffer());
}

const staged = () => readdir(join(folder, ".store/staging"));

test.each([
  ["of one size, in any order", [5, 5, 2], [2, 0, 1]],
  ["of one size, the short last one first", [5, 5, 2], [2, 1, 0]],
  ["of different sizes", [6, 5, 7, 1], [3, 1, 0, 2]],
])("parts %s, become one object with its checksum and without an MD5", async (_, sizes, order) => {
  const upload = await start({ "content-type": "application/x-test", "x-goog-meta-who": "me" });
  const parts = sizes.map((size) => randomBytes(size * mebibyte));
  const etags = new Map<number, string>();
  for (const index of order) {
    const answer = await put(upload, index + 1, parts[index] ?? Buffer.alloc(0));
    expect(answer.status).toBe(200);
    etags.set(index + 1, answer.etag);
  }
  expect(await read(upload)).toBeNull();
  const whole = Buffer.concat(parts);
  const done = await complete(
    upload,
    [...etags].sort(([a], [b]) => a - b),
  );
  expect(done).toMatchObject({ status: 200, hash: `crc32c=${encodeCrc32c(crc32c(whole))}` });
  expect((await readFile(join(folder, "bucket", upload.name))).equals(whole)).toBe(true);
  const resource = await fetch(`${server.url}/storage/v1/b/bucket/o/${encodeURIComponent(upload.name)}`);
  const metadata = (await resource.json()) as Record<string, unknown>;
  expect(metadata).toMatchObject({ contentType: "application/x-test", metadata: { who: "me" } });
  expect(metadata).not.toHaveProperty("md5Hash");
  expect(await staged()).toEqual([]);
});

test("a part that is sent again replaces the one before, and an ETag of that one is refused", async () => {
  const upload = await start();
  const first = await put(upload, 1, randomBytes(5 * mebibyte));
  const content = randomBytes(5 * mebibyte);
  const second = await put(upload, 1, content);
  expect(await complete(upload, [[1, first.etag]])).toMatchObject({ status: 400 });
  expect(await complete(upload, [[1, second.etag]])).toMatchObject({ status: 200 });
  expect((await read(upload))?.equals(content)).toBe(true);
});

test("a part that breaks or has another checksum is none, and harms no other", async () => {
  const upload = await start();
  const content = randomBytes(5 * mebibyte);
  const hash = `crc32c=${encodeCrc32c(crc32c(content))}`;
  expect(await put(upload, 1, Buffer.concat([content.subarray(1), Buffer.alloc(1)]), hash)).toMatchObject({
    status: 400,
    text: expect.stringContaining("<Code>BadDigest</Code>"),
  });
  await new Promise((broken) => {
    const half = request(`${server.url}/bucket/${upload.name}?partNumber=2&uploadId=${upload.id}`, {
      method: "PUT",
      headers: { "content-length": content.length },
    });
    half.once("error", broken).write(content.subarray(0, mebibyte), () => half.destroy(new Error("gone")));
  });
  const list = await fetch(`${server.url}/bucket/${upload.name}?uploadId=${upload.id}`);
  expect(await list.text()).not.toContain("<Part>");
  const part = await put(upload, 1, content, hash);
  expect(await complete(upload, [[1, part.etag]])).toMatchObject({ status: 200, hash });
  expect((await read(upload))?.equals(content)).toBe(true);
});

test("uploads and their parts are listed in pages, and outlive the server's process", async () => {
  const own = await mkdtemp(join(tmpdir(), "storage-"));
  const before = await startStorage({ folder: own });
  await before.ensureBucket("bucket");
  const url = `${before.url}/bucket/listed`;
  const id = /<UploadId>(.+)<\/UploadId>/.exec(await (await fetch(`${url}?uploads`, { method: "POST" })).text())?.[1];
  for (const number of [1, 2, 3]) {
    await fetch(`${url}?partNumber=${number}&uploadId=${id}`, { method: "PUT", body: `part ${number}` });
  }
  await before.close();
  const after = await startStorage({ folder: own });
  try {
    const uploads = await (await fetch(`${after.url}/bucket?uploads&prefix=list`)).text();
    expect(uploads).toContain(`<UploadId>${id}</UploadId>`);
    expect(await (await fetch(`${after.url}/bucket?uploads&prefix=other`)).text()).not.toContain("<Upload>");
    const numbers = async (query: string) => {
      const text = await (await fetch(`${after.url}/bucket/listed?uploadId=${id}${query}`)).text();
      return [...text.matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
    };
    expect(await numbers("&max-parts=2")).toEqual([1, 2]);
    expect(await numbers("&max-parts=2&part-number-marker=2")).toEqual([3]);
    expect((await fetch(`${after.url}/bucket/listed?uploadId=${id}`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${after.url}/bucket/listed?uploadId=${id}`)).status).toBe(404);
    await vi.waitUntil(async () => (await readdir(join(own, ".store/staging"))).length === 0);
  } finally {
    await after.close();
    await rm(own, { recursive: true });
  }
});

test("parts below 5 MiB, all but the last, are refused", async () => {
  const upload = await start();
  const one = await put(upload, 1, randomBytes(mebibyte));
  const two = await put(upload, 2, randomBytes(mebibyte));
  expect(
    await complete(upload, [
      [1, one.etag],
      [2, two.etag],
    ]),
  ).toMatchObject({ status: 400, text: expect.stringContaining("EntityTooSmall") });
  expect(await complete(upload, [[2, two.etag]])).toMatchObject({ status: 200 });
});

test("a simple upload holds to its checksum and its precondition", async () => {
  const url = `${server.url}/bucket/simple`;
  const send = (body: string, headers: Record<string, string>) => fetch(url, { method: "PUT", body, headers });
  const hash = (text: string) => ({ "x-goog-hash": `crc32c=${encodeCrc32c(crc32c(text))}` });
  expect((await send("text", hash("other"))).status).toBe(400);
  expect((await fetch(url)).status).toBe(404);
  const fresh = { "x-goog-if-generation-match": "0" };
  expect((await send("text", { ...hash("text"), ...fresh })).status).toBe(200);
  expect((await send("more", { ...hash("more"), ...fresh })).status).toBe(412);
  expect(await (await fetch(url)).text()).toBe("text");
});

test("checksums of parts combine to that of the whole", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (first, second) => {
      const whole = crc32c(Buffer.concat([first, second]));
      return combineCrc32c(crc32c(Buffer.from(first)), crc32c(Buffer.from(second)), second.length) === whole;
    }),
  );
});
