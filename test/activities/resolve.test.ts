import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, createRepo } from "@huggingface/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { withFailures } from "../../activities/failure.ts";
import { createLedgerActivities } from "../../activities/ledger/ledger.ts";
import { createResolveActivities } from "../../activities/resolve/resolve-run.ts";
import { type LocalCloud, startLocalCloud } from "../../local/server.ts";
import type { ResolveActivities } from "../../pipelines/retrain/activities.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

const model = { type: "model", name: "owner/tiny" } as const;
const data = { type: "dataset", name: "owner/rows" } as const;

let cloud: LocalCloud;
let clients: Clients;
let resolveRun: ResolveActivities["resolveRun"];
let folder: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const temporary = await testFolder();
  folder = temporary.path;
  cloud = await startLocalCloud({ state: join(folder, "state"), log: () => {} });
  clients = testClients(testEnvironment({ ...cloud.services, recipes: folder }), "");
  ({ resolveRun } = withFailures(createResolveActivities(clients)));
  ends.push(
    () => clients.close(),
    () => cloud.close(),
    temporary.remove,
  );
  await put(model, "config.json", "{}");
  await put(data, "train.jsonl", "one\n");
  await writeRecipe("sections", {});
});

afterAll(async () => {
  for (const end of ends) await end();
});

async function put(repo: typeof model | typeof data, path: string, content: string): Promise<string> {
  const access = { repo, hubUrl: cloud.services.hub };
  await createRepo({ ...access, accessToken: undefined as unknown as string }).catch(() => {});
  const operations = [{ operation: "addOrUpdate" as const, path, content: new Blob([content]) }];
  return (await commit({ ...access, title: "put", operations }))?.commit.oid ?? "";
}

async function writeRecipe(
  name: string,
  { base = model.name as string, train = "train.jsonl", more = "" },
): Promise<void> {
  const lines = [
    `name: ${name}`,
    "task: text-classification",
    `model: { base: ${base} }`,
    `data: { source: hub, dataset: ${data.name}, train: ${train} }`,
    "train: { hardware: { tpu: v5e, topology: 2x2 } }",
    "gate: {}",
    `promote: { endpoint: ${name} }`,
    more,
  ];
  await writeFile(join(folder, `${name}.yaml`), lines.join("\n"));
}

const resolve = (request: unknown) => resolveRun({ request, workflowId: "run-1" });

describe("resolveRun", () => {
  test("pins every name, and the same names again to the same digest", async () => {
    const first = await resolve({ recipe: "sections" });
    expect(first.pins).toMatchObject({
      recipe: { name: "sections" },
      baseModel: { repo: model.name, revision: expect.stringMatching(/^[0-9a-f]{40}$/) },
      data: { source: "hub", revision: expect.stringMatching(/^[0-9a-f]{40}$/), train: ["train.jsonl"], test: null },
      trainerImage: expect.stringMatching(
        /^us-central1-docker\.pkg\.dev\/retemper\/retemper\/trainer@sha256:[0-9a-f]{64}$/,
      ),
    });
    expect(first).toMatchObject({ champion: null, earlier: null, request: { recipe: "sections" } });
    expect(first.recipe.train.epochs).toBe(2);
    const again = await resolve({ recipe: "sections", note: "other words", force: true });
    expect(again.pinsDigest).toBe(first.pinsDigest);
    const longer = await resolve({ recipe: "sections", train: { epochs: 5 }, approval: true });
    expect(longer.recipe).toMatchObject({ train: { epochs: 5 }, approval: { deadline: "24h" } });
    expect(longer.pinsDigest).not.toBe(first.pinsDigest);
  });

  test("follows the data, or stays at the revision that is asked for", async () => {
    const before = await resolve({ recipe: "sections" });
    const revision = await put(data, "train.jsonl", "one\ntwo\n");
    const after = await resolve({ recipe: "sections" });
    expect(after.pins.data).toMatchObject({ revision });
    expect(after.pinsDigest).not.toBe(before.pinsDigest);
    if (before.pins.data.source !== "hub") throw new Error("expected Hub data");
    const back = await resolve({ recipe: "sections", dataRevision: before.pins.data.revision });
    expect(back.pinsDigest).toBe(before.pinsDigest);
  });

  test("finds the decision already taken for these pins", async () => {
    const { pins, pinsDigest } = await resolve({ recipe: "sections" });
    const record = {
      decision: "refused",
      reasons: ["too weak"],
      workflowId: "run-0",
      decidedAt: "2026-01-01T00:00:00Z",
      pins,
      modelVersion: null,
    } as const;
    await createLedgerActivities(clients).recordDecision({ pinsDigest, record, force: false });
    expect((await resolve({ recipe: "sections" })).earlier).toEqual(record);
  });

  test.each([
    ["nothing", undefined, "InvalidRequest", [""]],
    ["a text", "sections", "InvalidRequest", [""]],
    [
      "misspelled fields",
      { recipe: "sections", fource: true, train: { epoch: 1 } },
      "InvalidRequest",
      ["fource", "train.epoch"],
    ],
    ["an unknown recipe", { recipe: "section" }, "NotFound", ["recipe"]],
  ])("refuses %s for good, with every path", async (_what, request, type, paths) => {
    const failure = (await resolve(request).catch((error: unknown) => error)) as {
      type: string;
      nonRetryable: boolean;
      details: [{ problems: { path: string }[] }];
    };
    expect(failure).toMatchObject({ type, nonRetryable: true });
    expect(failure.details[0].problems.map(({ path }) => path).sort()).toEqual(paths);
  });

  test("names every name of a recipe that stands for nothing, at once", async () => {
    await writeRecipe("lost", { base: "owner/tinny", train: "trian.jsonl" });
    await expect(resolve({ recipe: "lost" })).rejects.toMatchObject({
      type: "NotFound",
      nonRetryable: true,
      details: [
        {
          problems: [{ path: "model.base" }, { path: "data.dataset", message: expect.stringContaining("train.jsonl") }],
        },
      ],
    });
  });

  test("refuses a data revision where the data is a file", async () => {
    await writeFile(join(folder, "rows.csv"), "text,label\na,b\n");
    const recipe = [
      "name: local",
      "task: text-classification",
      `model: { base: ${model.name} }`,
      "data: { source: file, train: rows.csv }",
      "train: { hardware: { machine: c3-standard-8 } }",
      "gate: {}",
      "promote: { endpoint: local }",
    ];
    await writeFile(join(folder, "local.yaml"), recipe.join("\n"));
    expect((await resolve({ recipe: "local" })).pins.data).toMatchObject({ source: "file" });
    await expect(resolve({ recipe: "local", dataRevision: "main" })).rejects.toMatchObject({ type: "InvalidRequest" });
  });

  test("tries again while the Hub is away", async () => {
    const away = testClients({ ...clients.environment, hub: { url: "http://127.0.0.1:1", tokenVariable: null } });
    const { resolveRun: resolveAway } = withFailures(createResolveActivities(away));
    const failure: unknown = await resolveAway({ request: { recipe: "sections" }, workflowId: "run-1" }).catch(
      (error: unknown) => error,
    );
    expect((failure as { nonRetryable?: boolean }).nonRetryable ?? false).toBe(false);
  });
});
