import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, createRepo, deleteFile, listCommits } from "@huggingface/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { pinData } from "../../activities/dataset/sources/pin-data.ts";
import { withFailures } from "../../activities/failure.ts";
import type { PinnedRepo } from "../../activities/hub/hub.ts";
import { mirrorModel } from "../../activities/hub/mirror.ts";
import { createPublishActivities } from "../../activities/hub/publish.ts";
import { parseRecipe } from "../../activities/resolve/read-recipe.ts";
import { startHub } from "../../local/hub/index.ts";
import { startStorage } from "../../local/storage/index.ts";
import type { PublishActivities } from "../../pipelines/retrain/activities.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

const token = "hf_test";
const model = { type: "model", name: "owner/tiny" } as const;
const data = { type: "dataset", name: "owner/rows" } as const;
const weights = randomBytes(200_000);

let clients: Clients;
let stranger: Clients;
let hubUrl: string;
let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const temporary = await testFolder();
  folder = temporary.path;
  const buckets = join(folder, "buckets");
  const storage = await startStorage({ folder: buckets });
  const hub = await startHub({ folder: join(folder, "hub") });
  hubUrl = hub.url;
  await writeFile(
    join(folder, "hub", "tokens.json"),
    JSON.stringify({
      anonymous: null,
      users: [
        { name: "owner", organizations: ["*"], tokens: [{ token, role: "write" }] },
        { name: "stranger", organizations: [], tokens: [{ token: "hf_stranger", role: "write" }] },
      ],
    }),
  );
  const { Storage } = await import("@google-cloud/storage");
  await new Storage({ apiEndpoint: storage.url, projectId: "retemper" }).createBucket("retemper");
  const environment = testEnvironment({ storage: storage.url, hub: hubUrl, recipes: folder });
  clients = testClients(environment, token);
  stranger = testClients(environment, "hf_stranger");
  ends.push(
    () => storage.close(),
    () => hub.close(),
    temporary.remove,
  );
  await seed(model, {
    "config.json": "{}",
    "model.safetensors": weights,
    "nested/vocab.txt": "a\nb\n",
    "pytorch_model.bin": "other weights",
  });
  await seed(data, { "train.jsonl": '{"text":"a","label":"b"}\n' });
});

afterAll(async () => {
  for (const end of ends) await end();
});

async function seed(repo: typeof model | typeof data, files: Record<string, string | Buffer>): Promise<void> {
  await createRepo({ repo, hubUrl, accessToken: token });
  const operations = Object.entries(files).map(([path, content]) => ({
    operation: "addOrUpdate" as const,
    path,
    content: new Blob([typeof content === "string" ? content : new Uint8Array(content)]),
  }));
  await commit({ repo, hubUrl, accessToken: token, title: "seed", operations });
}

async function commitsOf(name: string): Promise<string[]> {
  const commits: string[] = [];
  for await (const { oid } of listCommits({ repo: { type: "model", name }, hubUrl, accessToken: token }))
    commits.push(oid);
  return commits;
}

describe("pinning", () => {
  test("turns a branch into a commit, which stays when the branch moves", async () => {
    const before = await clients.hub.pin("dataset", data.name, "main");
    expect(before.revision).toMatch(/^[0-9a-f]{40}$/);
    await deleteFile({ repo: data, path: ".gitattributes", hubUrl, accessToken: token });
    const after = await clients.hub.pin("dataset", data.name, "main");
    expect(after.revision).not.toBe(before.revision);
    expect((await clients.hub.pin("dataset", data.name, before.revision)).revision).toBe(before.revision);
  });

  test("of data checks that its files are there, and suggests the nearest", async () => {
    const pin = await pinData(clients, { source: "hub", dataset: data.name, revision: "main", train: "train.jsonl" });
    expect(pin).toMatchObject({ source: "hub", dataset: data.name, train: ["train.jsonl"], test: null });
    const wrong = pinData(clients, { source: "hub", dataset: data.name, revision: "main", train: "trian.jsonl" });
    await expect(wrong).rejects.toMatchObject({
      code: "NotFound",
      message: expect.stringContaining("did you mean train.jsonl?"),
    });
  });

  test("of a local file names it by its hash, wherever it lies", async () => {
    await writeFile(join(folder, "mine.csv"), "text,label\na,b\n");
    const pin = await pinData(clients, { source: "file", train: "mine.csv" });
    if (pin.source !== "file") throw new Error("expected a file");
    const [object] = JSON.parse(await clients.storage.readExisting(pin.train.listing));
    expect(object).toMatchObject({
      uri: expect.stringMatching(/^gs:\/\/retemper\/uploads\/[0-9a-f]{64}\/mine\.csv$/),
      checksum: expect.stringMatching(/^sha256:/),
    });
    expect(await clients.storage.readText(object.uri)).toBe("text,label\na,b\n");
    await expect(pinData(clients, { source: "file", train: "none.csv" })).rejects.toMatchObject({
      code: "NotFound",
      problems: [{ path: "data.train" }],
    });
  });

  test.each([
    ["a repo that is not there", "owner/none", "main"],
    ["a revision that is not there", model.name, "no-such-branch"],
  ])("says that there is no %s", async (_what, name, revision) => {
    await expect(clients.hub.pin("model", name, revision)).rejects.toMatchObject({ code: "NotFound" });
  });

  test("suggests the nearest model", async () => {
    await expect(clients.hub.pin("model", "owner/tinny", "main")).rejects.toMatchObject({ code: "NotFound" });
    await expect(clients.hub.pin("model", "owners/tiny", "main")).rejects.toMatchObject({
      message: expect.stringContaining("did you mean owner/tiny?"),
    });
  });

  test("of a gated model names the page where its license is accepted", async () => {
    const gated = { type: "model", name: "owner/gated" } as const;
    await createRepo({ repo: gated, hubUrl, accessToken: token });
    const file = { operation: "addOrUpdate" as const, path: "config.json", content: new Blob(["{}"]) };
    await commit({ repo: gated, hubUrl, accessToken: token, title: "seed", operations: [file] });
    await fetch(`${hubUrl}/api/models/owner/gated/settings`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ gated: "manual" }),
    });
    const pinned = await stranger.hub.pin("model", gated.name, "main");
    await expect(stranger.hub.requireFile(pinned, "config.json")).rejects.toMatchObject({
      code: "Gated",
      message: expect.stringContaining(`${hubUrl}/owner/gated`),
    });
  });
});

describe("mirrorModel", () => {
  test("copies what our trainer needs, once", async () => {
    const repo = await clients.hub.pin("model", model.name, "main");
    const uri = await mirrorModel(clients, repo, () => {});
    expect(uri).toBe(`gs://retemper/models/hub/owner/tiny/${repo.revision}`);
    const files = (await clients.storage.list(uri)).map((object) => object.uri.slice(uri.length + 1));
    expect(files.sort()).toEqual(["config.json", "mirror.json", "model.safetensors", "nested/vocab.txt"]);
    const stored = await clients.storage.stat(`${uri}/model.safetensors`);
    expect(stored?.bytes).toBe(weights.length);

    // Interrupted before its end: what is there with the right content is not copied again, the rest is.
    await clients.storage.delete(`${uri}/mirror.json`);
    await clients.storage.delete(`${uri}/config.json`);
    await mirrorModel(clients, repo, () => {});
    expect((await clients.storage.stat(`${uri}/model.safetensors`))?.generation).toBe(stored?.generation);
    expect(await clients.storage.readText(`${uri}/config.json`)).toBe("{}");
    expect(await clients.storage.stat(`${uri}/mirror.json`)).not.toBeNull();
  });

  test("refuses a model without safetensors", async () => {
    const name = "owner/no-weights";
    await createRepo({ repo: { type: "model", name }, hubUrl, accessToken: token });
    const repo: PinnedRepo = await clients.hub.pin("model", name, "main");
    await expect(mirrorModel(clients, repo, () => {})).rejects.toMatchObject({ code: "NotFound" });
  });
});

describe("publishModel", () => {
  const recipe = parseRecipe(
    `
name: sections
task: text-classification
model: { base: owner/tiny }
data: { source: hub, dataset: owner/rows, train: train.jsonl }
train: { hardware: { tpu: v5e, topology: 2x2 } }
gate: {}
promote: { endpoint: sections }
`,
    "sections.yaml",
  );
  const candidate = {
    schemaVersion: 1,
    task: "text-classification",
    split: "test",
    rows: 1,
    metrics: { accuracy: 1, macroF1: 1, loss: 0 },
    perClass: [{ label: "b", support: 1, precision: 1, recall: 1, f1: 1 }],
    confusionMatrix: [[1]],
    slices: {},
    rowsPerSecond: 1,
  } as const;
  const input: Parameters<PublishActivities["publishModel"]>[0] = {
    repo: "owner/published",
    private: true,
    recipe,
    pins: {
      recipe: { name: "sections", hash: "hash" },
      baseModel: { repo: model.name, revision: "sha" },
      data: { source: "hub", dataset: data.name, revision: "sha", train: ["train.jsonl"], test: null },
      trainerImage: "trainer@sha256:1",
    },
    candidate: {
      modelUri: "gs://retemper/runs/job/task/model",
      evaluationUri: "gs://retemper/runs/job/task/evaluation",
      predictionsUri: "",
      championEvaluationUri: null,
      championPredictionsUri: null,
    },
    data: {
      uri: "",
      manifestUri: "",
      digest: "",
      rows: { train: 1, validation: 1, test: 1 },
      labels: ["a", "b"],
      rejectedRows: 0,
      duplicateRows: 0,
      baseModelUri: "",
    },
    modelVersion: "projects/p/locations/l/models/sections@1",
    decision: "promoted",
    comparison: { candidate, champion: null, overall: null, slices: {} },
    workflowId: "run-1",
  };

  test("commits weights, card and evaluation, and the same content only once", async () => {
    await clients.storage.writeText("gs://retemper/runs/job/task/evaluation", JSON.stringify(candidate));
    await clients.storage.writeText("gs://retemper/runs/job/task/model/config.json", '{"id2label":{"0":"a"}}');
    const file = join(folder, "weights");
    await writeFile(file, weights);
    await clients.storage.upload(file, "gs://retemper/runs/job/task/model/model.safetensors", weights.length);
    const { publishModel } = createPublishActivities(clients);

    const published = await publishModel(input);
    const repo = await clients.hub.pin("model", "owner/published", "main");
    expect(published).toEqual({ url: `${hubUrl}/owner/published`, commit: repo.revision });
    const paths = (await clients.hub.files(repo)).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["README.md", "config.json", "evaluation.json", "model.safetensors"]));
    const weightsBack = Buffer.from(await (await clients.hub.open(repo, "model.safetensors")).arrayBuffer());
    expect(weightsBack.equals(weights)).toBe(true);

    const before = await commitsOf("owner/published");
    expect(await publishModel(input)).toEqual(published);
    expect(await commitsOf("owner/published")).toEqual(before);
    const again = await publishModel({ ...input, workflowId: "run-2" });
    expect(again.commit).not.toBe(published.commit);
  });

  test("says whose token may not write", async () => {
    const { publishModel } = withFailures(createPublishActivities(stranger));
    await expect(publishModel(input)).rejects.toMatchObject({ nonRetryable: true });
    await expect(publishModel({ ...input, repo: "owner/other" })).rejects.toMatchObject({
      type: "Unauthorized",
      nonRetryable: true,
    });
  });
});
