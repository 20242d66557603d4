import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { BrokenAnswer } from "../../activities/clients/http.ts";
import { download } from "../../activities/storage/download.ts";
import type { ByteSource } from "../../activities/storage/transfer.ts";
import { type StorageServer, startStorage } from "../../local/storage/index.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const mebibyte = 1024 * 1024;
const content = randomBytes(9 * mebibyte + 77);
const sha256 = createHash("sha256").update(content).digest("hex");
const uri = "gs://retemper/data/train.parquet";

let clients: Clients;
let proxy: FaultProxy;
let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const temporary = await testFolder();
  const storage: StorageServer = await startStorage({ folder: join(temporary.path, "buckets") });
  await storage.ensureBucket("retemper");
  proxy = await startFaultProxy(storage.url);
  clients = testClients(testEnvironment({ storage: proxy.url }));
  await writeFile(join(temporary.path, "content"), content);
  await clients.storage.upload(join(temporary.path, "content"), uri, content.length);
  ends.push(proxy.close, () => storage.close(), temporary.remove);
});

beforeEach(async () => {
  proxy.fault = () => null;
  proxy.answeredBytes = 0;
  folder = await mkdtemp(join(tmpdir(), "retemper-download-"));
  return () => rm(folder, { recursive: true });
});

afterAll(async () => {
  for (const end of ends) await end();
});

const options = { signal: new AbortController().signal, wait: async () => {} };

function source(): ByteSource {
  return clients.storage.source(uri, content.length, sha256);
}

describe("a download", () => {
  test("is the same, under its own name only", async () => {
    let bytes = 0;
    const onBytes = (count: number) => {
      bytes += count;
    };
    await download(source(), join(folder, "deep/train.parquet"), { ...options, onBytes });
    expect((await readFile(join(folder, "deep/train.parquet"))).equals(content)).toBe(true);
    expect(await readdir(join(folder, "deep"))).toEqual(["train.parquet"]);
    expect(bytes).toBe(content.length);
  });

  test("gets over answers that break off, and asks for the rest only", async () => {
    let failures = 0;
    proxy.fault = () => (failures++ < 3 ? { kind: "truncate", bytes: 1_000_000 } : null);
    await download(source(), join(folder, "file"), options);
    expect((await readFile(join(folder, "file"))).equals(content)).toBe(true);
    expect(proxy.answeredBytes).toBeLessThan(content.length + 3_500_000);
  });

  test("of damaged bytes is found, and leaves nothing; the next attempt is right", async () => {
    let seen = 0;
    proxy.fault = () => (++seen === 2 ? { kind: "corrupt", at: 999, direction: "answer" } : null);
    await expect(download(source(), join(folder, "file"), options)).rejects.toMatchObject({
      code: "CorruptedTransfer",
    });
    expect(await readdir(folder)).toEqual([]);
    await download(source(), join(folder, "file"), options);
    expect((await readFile(join(folder, "file"))).equals(content)).toBe(true);
  });

  test("of what is not there says so", async () => {
    const gone = clients.storage.source("gs://retemper/gone", 10, sha256);
    await expect(download(gone, join(folder, "file"), options)).rejects.toMatchObject({ code: "NotFound" });
  });
});

/** Of memory; breaks for good at its `breaksAt`th byte, with what came before it. */
function breaking(bytes: Buffer, breaksAt: number, reads: { bytes: number }): ByteSource {
  return {
    name: "breaking",
    bytes: bytes.length,
    oid: createHash("sha256").update(bytes).digest("hex"),
    async read(start, target, onBytes) {
      const count = Math.min(target.length, Math.max(0, breaksAt - start));
      bytes.copy(target, 0, start, start + count);
      reads.bytes += count;
      onBytes(count);
      if (count < target.length) throw new BrokenAnswer("broken");
    },
  };
}

test("whatever was broken off, and wherever, the next attempt goes on from what was written", async () => {
  const sizes = fc.integer({ min: 0, max: content.length });
  await fc.assert(
    fc.asyncProperty(sizes, sizes, async (size, breaksAt) => {
      const path = join(folder, `${size}-${breaksAt}`);
      const bytes = content.subarray(0, size);
      const first = download(breaking(bytes, breaksAt, { bytes: 0 }), path, options);
      if (breaksAt < size) await expect(first).rejects.toMatchObject({ code: "BrokenAnswer" });
      else await first;
      const reads = { bytes: 0 };
      await download(breaking(bytes, size, reads), path, options);
      expect((await readFile(path)).equals(bytes)).toBe(true);
      // Whole parts before the break are not read again.
      const kept = Math.floor(breaksAt / (4 * mebibyte)) * 4 * mebibyte;
      if (breaksAt < size) expect(reads.bytes).toBeLessThanOrEqual(size - kept + 4 * mebibyte * 6);
    }),
    { numRuns: 12, seed: 6 },
  );
});

test("what is left of another content, or is longer than the whole, is not used", async () => {
  const partial = join(folder, `file.${sha256.slice(0, 16)}.partial`);
  await writeFile(partial, Buffer.concat([content, Buffer.from("more")]));
  await download(source(), join(folder, "file"), options);
  expect((await readFile(join(folder, "file"))).equals(content)).toBe(true);

  await writeFile(partial, randomBytes(5000));
  await expect(download(source(), join(folder, "file"), options)).rejects.toMatchObject({ code: "CorruptedTransfer" });
  await download(source(), join(folder, "file"), options);
  expect((await readFile(join(folder, "file"))).equals(content)).toBe(true);
});
