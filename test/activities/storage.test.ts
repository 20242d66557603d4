import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { readManifest } from "../../activities/dataset/manifest.ts";
import { createPrepareActivities } from "../../activities/dataset/prepare-data.ts";
import { createLedgerActivities, readDecision } from "../../activities/ledger/ledger.ts";
import { parseRecipe } from "../../activities/resolve/read-recipe.ts";
import { createSampleActivities } from "../../activities/vertex/sample-instances.ts";
import { startStorage } from "../../local/storage/index.ts";
import type { DecisionRecord, Pins } from "../../pipelines/retrain/run.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

let clients: Clients;
let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const temporary = await testFolder();
  folder = temporary.path;
  const server = await startStorage({ folder: join(folder, "buckets") });
  clients = testClients(testEnvironment({ storage: server.url }));
  ends.push(() => server.close(), temporary.remove);
  const { Storage } = await import("@google-cloud/storage");
  await new Storage({ apiEndpoint: server.url, projectId: "retemper" }).createBucket("retemper");
});

afterAll(async () => {
  for (const end of ends) await end();
});

describe("ObjectStore", () => {
  test("writes once where it may only write once", async () => {
    const uri = "gs://retemper/once.txt";
    expect(await clients.storage.writeText(uri, "first", { ifGenerationMatch: 0 })).toBe(true);
    expect(await clients.storage.writeText(uri, "second", { ifGenerationMatch: 0 })).toBe(false);
    expect(await clients.storage.readText(uri)).toBe("first");
  });

  test("carries a file of several megabytes there and back", async () => {
    const bytes = Buffer.alloc(11 * 1024 * 1024, "retemper ");
    const source = join(folder, "large");
    await writeFile(source, bytes);
    await clients.storage.upload(source, "gs://retemper/large", bytes.length, { metadata: { sha256: "x" } });
    expect(await clients.storage.stat("gs://retemper/large")).toMatchObject({
      bytes: bytes.length,
      metadata: { sha256: "x" },
    });
    await clients.storage.download("gs://retemper/large", join(folder, "back"));
    expect((await readFile(join(folder, "back"))).equals(bytes)).toBe(true);
  });

  test("has no text where there is no object", async () => {
    expect(await clients.storage.readText("gs://retemper/none")).toBeNull();
    await expect(clients.storage.readExisting("gs://retemper/none")).rejects.toMatchObject({ code: "NotFound" });
    await expect(clients.storage.download("gs://retemper/none", join(folder, "none"))).rejects.toMatchObject({
      code: "NotFound",
    });
  });
});

const pins: Pins = {
  recipe: { name: "sections", hash: "h" },
  baseModel: { repo: "owner/model", revision: "0".repeat(40) },
  data: {
    source: "file",
    train: { listing: "gs://retemper/listings/abc.json", files: 1, bytes: 0, name: "train.csv" },
    test: null,
  },
  trainerImage: "trainer@sha256:1",
};

const recipe = parseRecipe(
  `
name: sections
task: text-classification
model: { base: owner/model }
data: { source: file, train: train.csv }
columns: { text: body, label: kind }
train: { hardware: { tpu: v5e, topology: 2x2 } }
gate: {}
promote: { endpoint: sections }
`,
  "sections.yaml",
);

describe("prepareData", () => {
  test("writes shards and a manifest once, and finds them again", async () => {
    // The base model was mirrored before.
    await clients.storage.writeText(
      `gs://retemper/models/hub/owner/model/${pins.baseModel.revision}/mirror.json`,
      "{}",
    );
    const rows = Array.from({ length: 300 }, (_, index) => `"text, number ${index}",${index % 3 === 0 ? "a" : "b"}`);
    const file = ["body,kind", ...rows].join("\n");
    await clients.storage.writeText("gs://retemper/uploads/abc/train.csv", file);
    const checksum = `sha256:${createHash("sha256").update(file).digest("hex")}`;
    const listing = [{ uri: "gs://retemper/uploads/abc/train.csv", bytes: Buffer.byteLength(file), checksum }];
    await clients.storage.writeText("gs://retemper/listings/abc.json", JSON.stringify(listing));
    const { prepareData } = createPrepareActivities(clients);
    const prepared = await prepareData({ recipe, pins, champion: null });
    if ("job" in prepared) throw new Error("expected prepared data");
    const { train, validation, test: testRows } = prepared.rows;
    expect(train + validation + testRows).toBe(300);
    expect(prepared.labels).toEqual(["a", "b"]);
    expect(prepared.uri).toBe(`gs://retemper/datasets/${prepared.digest}`);
    const manifest = await readManifest(clients.storage, prepared.uri);
    for (const split of [manifest?.splits.train, manifest?.splits.test]) {
      for (const shard of split?.shards ?? []) {
        const stored = await clients.storage.stat(`${prepared.uri}/${shard.path}`);
        expect(stored?.metadata["sha256"]).toBe(shard.sha256);
      }
    }
    const before = await clients.storage.stat(prepared.manifestUri);
    expect(await prepareData({ recipe, pins, champion: null })).toEqual(prepared);
    expect((await clients.storage.stat(prepared.manifestUri))?.generation).toBe(before?.generation);

    const { sampleInstances } = createSampleActivities(clients);
    const sample = await sampleInstances({ dataUri: prepared.uri, count: 5 });
    expect(sample).toHaveLength(5);
    expect(sample[0]).toMatch(/^text, number \d+$/);
    expect(await sampleInstances({ dataUri: prepared.uri, count: 5 })).toEqual(sample);
  });
});

describe("recordDecision", () => {
  const record = (workflowId: string): DecisionRecord => ({
    decision: "refused",
    reasons: ["too weak"],
    workflowId,
    decidedAt: "2026-01-01T00:00:00Z",
    pins,
    modelVersion: null,
  });

  test("keeps the first decision of equal pins, unless forced", async () => {
    const { recordDecision } = createLedgerActivities(clients);
    const decided = async () => (await readDecision(clients, "sections", "digest"))?.workflowId;
    expect(await decided()).toBeUndefined();
    await recordDecision({ pinsDigest: "digest", record: record("one"), force: false });
    await recordDecision({ pinsDigest: "digest", record: record("two"), force: false });
    expect(await decided()).toBe("one");
    await recordDecision({ pinsDigest: "digest", record: record("three"), force: true });
    expect(await decided()).toBe("three");
  });
});
