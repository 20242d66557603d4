import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CancelledFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import type { Wait } from "../../activities/clients/retry.ts";
import { toFailure } from "../../activities/failure.ts";
import { mirrorModel } from "../../activities/hub/mirror.ts";
import { type ByteSource, Transfers } from "../../activities/storage/transfer.ts";
import { type HubServer, startHub } from "../../local/hub/index.ts";
import { addContent } from "../../local/seed/seed-repo.ts";
import { type StorageServer, startStorage } from "../../local/storage/index.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

const mebibyte = 1024 * 1024;
const partBytes = 5 * mebibyte;
const content = randomBytes(3 * partBytes + 1234);

let clients: Clients;
let hub: HubServer;
let storage: StorageServer;
/** What the clients talk to. */
let hubProxy: FaultProxy;
let storageProxy: FaultProxy;
const ends: (() => Promise<void>)[] = [];
let count = 0;

beforeAll(async () => {
  const temporary = await testFolder();
  hub = await startHub({ folder: join(temporary.path, "hub") });
  storage = await startStorage({ folder: join(temporary.path, "buckets") });
  hubProxy = await startFaultProxy(hub.url);
  storageProxy = await startFaultProxy(storage.url);
  clients = testClients(testEnvironment({ hub: hubProxy.url, storage: storageProxy.url }));
  ends.push(
    hubProxy.close,
    storageProxy.close,
    () => hub.close(),
    () => storage.close(),
    temporary.remove,
  );
});

afterEach(() => {
  for (const proxy of [hubProxy, storageProxy]) {
    proxy.fault = () => null;
    proxy.requests.length = 0;
    proxy.answeredBytes = 0;
  }
});

afterAll(async () => {
  for (const end of ends) await end();
});

interface Seed {
  readonly name: string;
  readonly source: ByteSource;
  /** Its own, so that what is left there is of this copy. */
  readonly bucket: string;
  readonly uri: string;
}

/** A model of one file, and where it is to go. */
async function seed(bytes: Buffer = content): Promise<Seed> {
  const name = `owner/model-${++count}`;
  const bucket = `bucket-${count}`;
  await storage.ensureBucket(bucket);
  const id = { kind: "model", name } as const;
  hub.repositories.create(id, { private: false, gated: false, sdk: null, isMirror: false });
  const open = async () => [bytes] as unknown as AsyncIterable<Buffer>;
  const operation = await addContent(hub, "model.safetensors", bytes.length, null, open);
  const commit = { title: "seed", message: "", author: "owner", date: null, parent: null };
  hub.repositories.commit(id, "main", { ...commit, operations: [operation] });
  const repo = await clients.hub.pin("model", name, "main");
  const [file] = (await clients.hub.files(repo)).filter(({ path }) => path === "model.safetensors");
  if (file === undefined) throw new Error("the file is not listed");
  return { name, source: clients.hub.source(repo, file), bucket, uri: `gs://${bucket}/copy/model.safetensors` };
}

function into({ bucket }: Seed): Clients {
  return { ...clients, environment: { ...clients.environment, bucket } };
}

const atOnce: Wait = async () => {};
const limits = { memoryBytes: 20 * mebibyte, partBytes, lanes: 4 };

function copy(source: ByteSource, uri: string, options: { signal?: AbortSignal; wait?: Wait; size?: number } = {}) {
  const { signal = new AbortController().signal, wait = atOnce, size = partBytes } = options;
  const transfers = new Transfers(clients.storage, { ...limits, partBytes: size }, wait);
  const target = { uri, metadata: { "hub-oid": source.oid ?? "" }, replaces: "0" };
  return transfers.copy(source, target, { signal, onBytes: () => {} });
}

/** As somebody sees it who asks Cloud Storage itself. */
async function stored(uri: string): Promise<Buffer | null> {
  const answer = await fetch(uri.replace("gs://", `${storage.url}/`));
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
}

/** What is left of transfers: temporary objects, and uploads that nobody finished. */
async function leftovers({ bucket }: Seed): Promise<{ objects: number; uploads: number }> {
  const listed = await fetch(`${storage.url}/storage/v1/b/${bucket}/o?prefix=transfers/`);
  const { items } = (await listed.json()) as { items: unknown[] };
  const uploads = await (await fetch(`${storage.url}/${bucket}?uploads`)).text();
  return { objects: items.length, uploads: [...uploads.matchAll(/<Upload>/g)].length };
}

const nothing = { objects: 0, uploads: 0 };

/** The nth request that the pattern fits goes wrong; from `times` on they go well again. */
function failing(proxy: FaultProxy, pattern: RegExp, fault: Fault | ((nth: number) => Fault | null), times = 1): void {
  let seen = 0;
  proxy.fault = ({ method, url }) => {
    if (!pattern.test(`${method} ${url}`)) return null;
    seen++;
    if (typeof fault === "function") return fault(seen);
    return seen <= times ? fault : null;
  };
}

const rangeRead = /GET .*\/resolve\//;
const partSent = /PUT .*partNumber=/;

describe("a copy", () => {
  test.each([0, 1, partBytes, partBytes + 1, content.length])("of %i bytes is the same", async (bytes) => {
    const whole = content.subarray(0, bytes);
    const seeded = await seed(whole);
    const { source, uri } = seeded;
    await copy(source, uri);
    expect((await stored(uri))?.equals(whole)).toBe(true);
    expect((await clients.storage.stat(uri))?.metadata).toEqual({ "hub-oid": source.oid });
    expect(await leftovers(seeded)).toEqual(nothing);
  });

  test.each<[string, "hub" | "storage", RegExp, Fault]>([
    ["a range that breaks off", "hub", rangeRead, { kind: "truncate", bytes: 1_000_000 }],
    ["a connection that the Hub drops", "hub", rangeRead, { kind: "refuse" }],
    ["a Hub that is overloaded", "hub", rangeRead, { kind: "status", status: 503 }],
    ["a part that arrives damaged", "storage", partSent, { kind: "corrupt", at: 70_000, direction: "request" }],
    ["a connection that Cloud Storage drops", "storage", partSent, { kind: "refuse" }],
    ["a part whose answer gets lost", "storage", partSent, { kind: "lose" }],
    ["a completion whose answer gets lost", "storage", /POST .*\?uploadId=/, { kind: "lose" }],
    ["a listing that fails", "storage", /GET .*\?uploadId=/, { kind: "status", status: 500 }],
  ])("gets over %s", async (_, where, pattern, fault) => {
    const seeded = await seed();
    const { source, uri } = seeded;
    failing(where === "hub" ? hubProxy : storageProxy, pattern, fault, 2);
    await copy(source, uri);
    expect((await stored(uri))?.equals(content)).toBe(true);
    expect(await leftovers(seeded)).toEqual(nothing);
  });

  test("asks for what a broken range left out only", async () => {
    const { source, uri } = await seed();
    failing(hubProxy, rangeRead, { kind: "truncate", bytes: 1_000_000 }, 4);
    await copy(source, uri);
    // What was on its way when a connection broke may not have arrived.
    expect(hubProxy.answeredBytes).toBeLessThanOrEqual(content.length + 3_000_000);
    // The last part is shorter than what gets through.
    expect(hubProxy.requests.filter((line) => rangeRead.test(line)).length).toBe(7);
  });

  test.each([503, 429])("waits as long as a %i asks for", async (status) => {
    const { source, uri } = await seed();
    failing(hubProxy, rangeRead, { kind: "status", status, retryAfter: "7" });
    const waits: number[] = [];
    await copy(source, uri, { wait: async (milliseconds) => void waits.push(milliseconds) });
    expect(waits).toEqual([7000]);
    expect((await stored(uri))?.equals(content)).toBe(true);
  });

  test("gives up on a service that stays away, and leaves it to the next attempt", async () => {
    const { source, uri } = await seed();
    hubProxy.fault = ({ url }) => (rangeRead.test(`GET ${url}`) ? { kind: "status", status: 503 } : null);
    const error = await copy(source, uri).catch((thrown: unknown) => thrown);
    expect(toFailure(error)).toMatchObject({ type: "Http503", nonRetryable: false });
    expect(await stored(uri)).toBeNull();
  });
});

describe("wrong bytes", () => {
  test.each([content.length, 1000])("of a file of %i bytes are found, and nothing is visible", async (bytes) => {
    const seeded = await seed(content.subarray(0, bytes));
    const { source, uri } = seeded;
    failing(hubProxy, rangeRead, { kind: "corrupt", at: 999, direction: "answer" });
    await expect(copy(source, uri)).rejects.toMatchObject({ code: "CorruptedTransfer" });
    expect(await stored(uri)).toBeNull();
    const sent = storageProxy.requests.filter((line) => /^(PUT|POST) /.test(line) && !/uploads$|partNumber/.test(line));
    expect(sent).toEqual([]);
    await copy(source, uri);
    expect((await stored(uri))?.length).toBe(bytes);
    expect((await leftovers(seeded)).objects).toBe(0);
  });

  test("of a file that was exchanged between two ranges without a word are found", async () => {
    const seeded = await seed();
    const { source, uri } = seeded;
    const other = await seed(randomBytes(content.length));
    const elsewhere = await startFaultProxy(hub.url);
    try {
      failing(hubProxy, rangeRead, (nth) => {
        const location = `${elsewhere.url}${pathOf(other.name)}`;
        return nth > 2 ? { kind: "redirect", headers: { location, "x-linked-etag": `"${source.oid}"` } } : null;
      });
      await expect(copy(source, uri)).rejects.toMatchObject({ code: "CorruptedTransfer" });
      expect(await stored(uri)).toBeNull();
      expect(await leftovers(seeded)).toEqual(nothing);
    } finally {
      await elsewhere.close();
    }
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["hash", { etag: `"${"0".repeat(64)}"`, "x-linked-etag": `"${"0".repeat(64)}"` }],
    ["size", { "content-range": `bytes ${partBytes}-${2 * partBytes - 1}/99999999` }],
  ])("of a file whose %s is another one by now stop the copy at once, for good", async (_, headers) => {
    const seeded = await seed();
    const { source, uri } = seeded;
    failing(hubProxy, rangeRead, (nth) => (nth === 2 ? { kind: "headers", headers } : null));
    const error = await copy(source, uri).catch((thrown: unknown) => thrown);
    expect(toFailure(error)).toMatchObject({ type: "SourceChanged", nonRetryable: true });
    expect(await stored(uri)).toBeNull();
    expect(await leftovers(seeded)).toEqual(nothing);
  });
});

function pathOf(name: string): string {
  return `/${name}/resolve/main/model.safetensors`;
}

describe("a Hub that sends readers elsewhere", () => {
  test("is asked once, and again when the address has expired; its token stays with it", async () => {
    const { name, source, uri } = await seed();
    const authorizations: (string | undefined)[] = [];
    const elsewhere = await startFaultProxy(hub.url);
    try {
      const headers = { location: `${elsewhere.url}${pathOf(name)}?signed=1`, "x-linked-etag": `"${source.oid}"` };
      hubProxy.fault = ({ url }) => (rangeRead.test(`GET ${url}`) ? { kind: "redirect", headers } : null);
      let seen = 0;
      elsewhere.fault = (request) => {
        authorizations.push(request.headers.authorization);
        return ++seen === 3 ? { kind: "status", status: 403 } : null;
      };
      const transfers = new Transfers(clients.storage, { ...limits, lanes: 1 }, atOnce);
      const target = { uri, metadata: {}, replaces: "0" };
      await transfers.copy(source, target, { signal: new AbortController().signal, onBytes: () => {} });
      expect((await stored(uri))?.equals(content)).toBe(true);
      expect(hubProxy.requests.filter((line) => rangeRead.test(line)).length).toBe(2);
      expect(authorizations.every((header) => header === undefined)).toBe(true);
    } finally {
      await elsewhere.close();
    }
  });
});

describe("the next attempt", () => {
  /** Lets so many parts through, and then nothing. */
  async function interrupt(source: ByteSource, uri: string, parts: number, also?: Fault): Promise<void> {
    failing(storageProxy, partSent, (nth) => (nth > parts ? { kind: "status", status: 503 } : null));
    if (also !== undefined) failing(hubProxy, rangeRead, also);
    const transfers = new Transfers(clients.storage, { ...limits, lanes: 1 }, atOnce);
    const target = { uri, metadata: { "hub-oid": source.oid ?? "" }, replaces: "0" };
    const options = { signal: new AbortController().signal, onBytes: () => {} };
    await expect(transfers.copy(source, target, options)).rejects.toMatchObject({ status: 503 });
    expect(await stored(uri)).toBeNull();
    storageProxy.fault = () => null;
    hubProxy.fault = () => null;
    hubProxy.answeredBytes = 0;
  }

  test("transfers only what is missing", async () => {
    const seeded = await seed();
    const { source, uri } = seeded;
    await interrupt(source, uri, 2);
    await copy(source, uri);
    expect(hubProxy.answeredBytes).toBe(content.length - 2 * partBytes);
    expect((await stored(uri))?.equals(content)).toBe(true);
    expect(await leftovers(seeded)).toEqual(nothing);
  });

  test("finds what an earlier one got wrong, and the one after that starts afresh", async () => {
    const seeded = await seed();
    const { source, uri } = seeded;
    await interrupt(source, uri, 2, { kind: "corrupt", at: 5, direction: "answer" });
    await expect(copy(source, uri)).rejects.toMatchObject({ code: "CorruptedTransfer" });
    expect(await stored(uri)).toBeNull();
    expect(await leftovers(seeded)).toEqual(nothing);
    await copy(source, uri);
    expect((await stored(uri))?.equals(content)).toBe(true);
  });

  test("only gives the name, when all the rest was done", async () => {
    const seeded = await seed();
    const { source, uri } = seeded;
    failing(storageProxy, /moveTo/, { kind: "status", status: 403 });
    await expect(copy(source, uri)).rejects.toMatchObject({ code: 403 });
    expect(await stored(uri)).toBeNull();
    hubProxy.answeredBytes = 0;
    await copy(source, uri);
    expect(hubProxy.answeredBytes).toBe(0);
    expect((await stored(uri))?.equals(content)).toBe(true);
    expect(await leftovers(seeded)).toEqual(nothing);
  });

  test("finds the object there, when only the answer of its naming got lost", async () => {
    const { source, uri } = await seed();
    failing(storageProxy, /moveTo/, { kind: "lose" });
    await copy(source, uri);
    expect((await stored(uri))?.equals(content)).toBe(true);
  });

  test("after a killed process goes on with its parts", async () => {
    const seeded = await seed(randomBytes(12 * partBytes));
    const { name } = seeded;
    const args = [
      join(import.meta.dirname, "transfer-process.ts"),
      hubProxy.url,
      storageProxy.url,
      name,
      seeded.bucket,
    ];
    let sent = 0;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    // Parts beyond these never end: so the process is killed in the midst of some.
    storageProxy.fault = ({ method, url }) => {
      if (!partSent.test(`${method} ${url}`) || ++sent <= 4) return null;
      resolve();
      return new Promise(() => {});
    };
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const steps: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => steps.push(line));
    const died = new Promise((resolved) => child.once("exit", resolved));
    await enough;
    await vi.waitUntil(() => steps.some((step) => step.startsWith("copied 20.0 of 60.0 MiB (33 %)")), 10_000);
    child.kill("SIGKILL");
    await died;
    storageProxy.fault = () => null;
    hubProxy.answeredBytes = 0;

    const repo = await clients.hub.pin("model", name, "main");
    const folder = await mirrorModel(into(seeded), repo, () => {});
    expect(hubProxy.answeredBytes).toBeLessThan(8 * partBytes + 100_000);
    expect((await stored(`${folder}/model.safetensors`))?.length).toBe(12 * partBytes);
    expect(await leftovers(seeded)).toEqual(nothing);
  });
});

describe("an attempt that is cancelled", () => {
  test.each([
    ["CANCELLED", 0],
    ["WORKER_SHUTDOWN", 1],
  ] as const)("by %s stops at once and leaves %i uploads", async (reason, uploads) => {
    const seeded = await seed();
    const { name } = seeded;
    const environment = new MockActivityEnvironment();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    failing(storageProxy, partSent, (nth) => {
      if (nth === 3) resolve();
      return null;
    });
    const repo = await clients.hub.pin("model", name, "main");
    const running = environment.run(() => mirrorModel(into(seeded), repo, () => {}));
    await begun;
    environment.cancel(reason);
    await expect(running).rejects.toBeInstanceOf(CancelledFailure);
    const requests = hubProxy.requests.length;
    expect(await clients.storage.list(`gs://${seeded.bucket}/models/hub/${name}`)).toEqual([]);
    expect(await leftovers(seeded)).toEqual({ objects: 0, uploads });
    expect(hubProxy.requests.length).toBe(requests);
    // The next one goes on, and leaves nothing.
    const folder = await mirrorModel(into(seeded), repo, () => {});
    expect((await stored(`${folder}/model.safetensors`))?.equals(content)).toBe(true);
    expect(await leftovers(seeded)).toEqual(nothing);
  });
});

test("two that copy the same at once end with one right object", async () => {
  const seeded = await seed();
  const { source, uri } = seeded;
  const results = await Promise.allSettled([copy(source, uri), copy(source, uri), copy(source, uri)]);
  for (const result of results) {
    if (result.status === "rejected") expect(toFailure(result.reason)).toMatchObject({ code: "TransferOvertaken" });
  }
  await copy(source, uri);
  expect((await stored(uri))?.equals(content)).toBe(true);
  expect((await leftovers(seeded)).objects).toBe(0);
});

test("any sizes of parts and any sequence of faults end in the right object or in none", async () => {
  const place = fc.nat({ max: 2 * mebibyte });
  const fault: fc.Arbitrary<Fault | null> = fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom<Fault>({ kind: "refuse" }, { kind: "lose" }) },
    { weight: 1, arbitrary: fc.constantFrom(429, 500, 503, 404).map((status): Fault => ({ kind: "status", status })) },
    { weight: 1, arbitrary: place.map((bytes): Fault => ({ kind: "truncate", bytes })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, fc.constantFrom("answer" as const, "request" as const))
        .map(([at, direction]): Fault => ({ kind: "corrupt", at, direction })),
    },
  );
  const faults = fc.array(fault, { maxLength: 12 });
  const scenario = fc.record({
    bytes: fc.integer({ min: 1, max: content.length }),
    sizes: fc.array(fc.integer({ min: partBytes, max: 2 * partBytes }), { minLength: 2, maxLength: 2 }),
    hubFaults: faults,
    storageFaults: faults,
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ bytes, sizes, hubFaults, storageFaults }) => {
      const whole = content.subarray(0, bytes);
      const seeded = await seed(whole);
      const { source, uri } = seeded;
      const hubQueue = [...hubFaults];
      const storageQueue = [...storageFaults];
      hubProxy.fault = ({ method, url }) => (rangeRead.test(`${method} ${url}`) ? (hubQueue.shift() ?? null) : null);
      // What the vendor's client asks for has its own waits, of seconds.
      storageProxy.fault = ({ url }) => (url?.startsWith("/storage/v1/") ? null : (storageQueue.shift() ?? null));
      let isDone = false;
      for (const size of sizes) {
        isDone = await copy(source, uri, { size }).then(
          () => true,
          () => false,
        );
        const there = await stored(uri);
        expect(there === null || there.equals(whole)).toBe(true);
        expect(there !== null || !isDone).toBe(true);
        if (isDone) break;
      }
      for (const proxy of [hubProxy, storageProxy]) proxy.fault = () => null;
      // With the faults over, two attempts are enough: the first one may find wrong bytes of an earlier one.
      if (!isDone)
        await copy(source, uri, sizes[1] === undefined ? {} : { size: sizes[1] }).catch(() => copy(source, uri));
      expect((await stored(uri))?.equals(whole)).toBe(true);
      expect((await leftovers(seeded)).objects).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test("a gated model's file tells where its license is accepted", async () => {
  const { source, uri } = await seed();
  hubProxy.fault = ({ url }) => (rangeRead.test(`GET ${url}`) ? { kind: "status", status: 403 } : null);
  await expect(copy(source, uri)).rejects.toMatchObject({
    code: "Gated",
    message: expect.stringContaining(`${hubProxy.url}/owner/model-`),
  });
});
