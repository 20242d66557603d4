import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Storage } from "@google-cloud/storage";
import { afterAll, beforeAll, expect, test } from "vitest";
import { once } from "../../activities/clients/once.ts";
import { ObjectStore, type StoredObject } from "../../activities/storage/object-store.ts";
import { realClock } from "../../local/clock.ts";
import { type StorageServer, startStorage } from "../../local/storage/index.ts";
import { downloadAll } from "../../workers/cli/jobs/pull/download.ts";
import { bytesOf, listArtifacts } from "../../workers/cli/jobs/pull/list-objects.ts";
import { artifactAt } from "../../workers/cli/jobs/testing.ts";

/** How the content of artifacts comes here, from a Cloud Storage that answers as the real one does. */

let folder = "";
let server: StorageServer;
let storage: Storage;
let objects: ObjectStore;
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-downloads-"));
  server = await startStorage({ folder: join(folder, "storage"), clock: realClock });
  await server.ensureBucket("theirs");
  storage = new Storage({ apiEndpoint: server.url, projectId: "p", useAuthWithCustomEndpoint: false });
  objects = new ObjectStore(once(async () => storage));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, bytes = content): Promise<StoredObject> {
  await storage.bucket("theirs").file(name).save(bytes, { resumable: false });
  const found = await objects.stat(`gs://theirs/${name}`);
  if (found === null) throw new Error(`${name} was not stored`);
  return found;
}

/** The bytes that came by the network are the second sum; the first counts those that were here, too. */
async function download(object: StoredObject, file: string, signal = new AbortController().signal) {
  const pieces: number[] = [];
  await downloadAll(storage, [{ object, file }], { onBytes: (count) => void pieces.push(count), signal });
  return pieces;
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

test("goes on where an earlier try stopped, and brings nothing twice", async () => {
  const object = await put("half");
  const file = join(folder, "half");
  await writeFile(`${file}.${object.generation}.part`, content.subarray(0, 200_000));
  const [had, ...came] = await download(object, file);
  expect(had).toBe(200_000);
  expect(sum(came)).toBe(100_000);
  expect(content.equals(await readFile(file))).toBe(true);
  expect(await download(object, file)).toEqual([content.length]);
});

test("brings anew what is not what the checksum says", async () => {
  const object = await put("broken");
  const file = join(folder, "broken");
  await writeFile(`${file}.${object.generation}.part`, Buffer.alloc(200_000));
  expect(sum(await download(object, file))).toBe(content.length);
  expect(content.equals(await readFile(file))).toBe(true);
  await writeFile(file, Buffer.alloc(content.length));
  await download(object, file);
  expect(content.equals(await readFile(file))).toBe(true);
});

test("puts nothing behind the beginning of an older content", async () => {
  const old = await put("changed", Buffer.alloc(content.length));
  const file = join(folder, "changed");
  await writeFile(`${file}.${old.generation}.part`, Buffer.alloc(200_000));
  const pieces = await download(await put("changed"), file);
  expect(pieces[0]).toBe(0);
  expect(content.equals(await readFile(file))).toBe(true);
});

test("an empty object is an empty file", async () => {
  const file = join(folder, "empty");
  await download(await put("empty", Buffer.alloc(0)), file);
  expect((await readFile(file)).length).toBe(0);
});

test("an object that has gone, or was overwritten since it was looked up, is said to be, and stops the rest", async () => {
  const gone = await put("gone");
  await put("gone", Buffer.from("other"));
  const file = join(folder, "gone");
  await expect(download(gone, file)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("stops when it is told to, and keeps what had come", async () => {
  const object = await put("stopped");
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(download(object, join(folder, "stopped"), stop.signal)).rejects.toThrow("stopped");
});

test("an artifact is an object, a folder, nothing, or not in Cloud Storage at all", async () => {
  await Promise.all([
    put("a/one", Buffer.from("12")),
    put("a/b/two", Buffer.from("345")),
    put("a-beside"),
    put("alone"),
  ]);
  await put("a/b/", Buffer.alloc(0));
  const found = await listArtifacts(
    objects,
    ["gs://theirs/a", "gs://theirs/alone", "gs://theirs/nothing", "https://example.com/v1/models/7", ""].map(
      artifactAt,
    ),
  );
  expect(found.map(({ uri, objects: all }) => [uri, all?.map((object) => object.uri) ?? null])).toEqual([
    ["gs://theirs/a", ["gs://theirs/a/b/two", "gs://theirs/a/one"]],
    ["gs://theirs/alone", ["gs://theirs/alone"]],
    ["gs://theirs/nothing", []],
    ["https://example.com/v1/models/7", null],
  ]);
  expect(bytesOf(found)).toBe(5 + content.length);
});
