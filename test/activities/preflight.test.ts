import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { createPreflightActivities } from "../../activities/preflight/preflight.ts";
import { parseRecipe } from "../../activities/resolve/read-recipe.ts";
import { startStorage } from "../../local/storage/index.ts";
import type { PreflightActivities } from "../../pipelines/retrain/activities.ts";
import type { Pins, PreparedData } from "../../pipelines/retrain/run.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

let clients: Clients;
let activities: PreflightActivities;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const folder = await testFolder();
  const storage = await startStorage({ folder: join(folder.path, "buckets") });
  await storage.ensureBucket("retemper");
  clients = testClients(testEnvironment({ storage: storage.url }));
  activities = createPreflightActivities(clients);
  ends.push(() => storage.close(), folder.remove);
});

afterAll(async () => {
  for (const end of ends) await end();
});

const recipeOn = (hardware: string, more = "") =>
  parseRecipe(
    [
      "name: sections",
      "task: text-classification",
      "model: { base: owner/tiny }",
      "data: { source: hub, dataset: owner/rows, train: train.jsonl }",
      `train: { hardware: ${hardware} }`,
      "gate: {}",
      "promote: { endpoint: sections }",
      more,
    ].join("\n"),
    "sections.yaml",
  );

const pins: Pins = {
  recipe: { name: "sections", hash: "hash" },
  baseModel: { repo: "owner/tiny", revision: "sha" },
  data: { source: "hub", dataset: "owner/rows", revision: "sha", train: ["train.jsonl"], test: null },
  trainerImage: `us-docker.pkg.dev/p/r/trainer@sha256:${"a".repeat(64)}`,
};

const data: PreparedData = {
  uri: "gs://retemper/datasets/d",
  manifestUri: "gs://retemper/datasets/d/manifest.json",
  digest: "d",
  rows: { train: 1, validation: 1, test: 1 },
  labels: ["a", "b"],
  rejectedRows: 0,
  duplicateRows: 0,
  baseModelUri: "gs://retemper/models/hub/owner/tiny/sha",
};

async function codes(hardware: string, more = ""): Promise<{ codes: string[]; price: number | undefined }> {
  const recipe = recipeOn(hardware, more);
  const spec = await activities.compileTrainAndEvaluate({ recipe, pins, fresh: false });
  const report = await activities.preflight({ recipe, spec, data });
  return { codes: report.problems.map(({ code }) => code), price: report.price?.usdPerHour };
}

describe("compileTrainAndEvaluate", () => {
  test("stores the same spec at the same place, with the container by its digest", async () => {
    const recipe = recipeOn("{ tpu: v5e, topology: 2x2 }");
    const spec = await activities.compileTrainAndEvaluate({ recipe, pins, fresh: false });
    expect(spec).toMatchObject({ name: "train-and-evaluate", uri: `gs://retemper/specs/${spec.digest}.json` });
    expect(await clients.storage.readExisting(spec.uri)).toContain(pins.trainerImage);
    expect(await activities.compileTrainAndEvaluate({ recipe, pins, fresh: false })).toEqual(spec);
    const other = recipeOn("{ tpu: v5e, topology: 2x4 }");
    expect(await activities.compileTrainAndEvaluate({ recipe: other, pins, fresh: false })).not.toEqual(spec);
  });
});

describe("preflight", () => {
  test.each([
    ["{ tpu: v5e, topology: 2x4 }", [], 9.6],
    ["{ tpu: v5e, topology: 4x4, strategy: spot }", ["SpotPod"], 9.6],
    ["{ tpu: v5e, topology: 3x3 }", ["UnknownTopology"], 10.8],
    ["{ machine: no-such-machine }", ["UnknownMachine"], undefined],
    ["{ machine: c3-standard-8 }", [], undefined],
  ])("finds of %s %j", async (hardware, expected, price) => {
    const found = await codes(hardware);
    expect(found.codes).toEqual(expected);
    if (price === undefined) expect(found.price).toBeUndefined();
    else expect(found.price).toBeCloseTo(price);
  });

  test("holds the budget against the price", async () => {
    expect((await codes("{ tpu: v5e, topology: 2x4 }", "budget: { maximumUsd: 1 }")).codes).toEqual(["BudgetTooSmall"]);
    expect((await codes("{ tpu: v5e, topology: 2x4 }", "budget: { maximumUsd: 5 }")).codes).toEqual([]);
    expect((await codes("{ machine: c3-standard-8 }", "budget: { maximumUsd: 5 }")).codes).toEqual(["PriceUnknown"]);
  });

  test("judges what the trainer found: memory that does not suffice, and a cost above the budget", async () => {
    const recipe = recipeOn("{ tpu: v5e, topology: 1x1 }", "budget: { maximumUsd: 1 }");
    const spec = await activities.compileTrainAndEvaluate({ recipe, pins, fresh: false });
    const reportUri = "gs://retemper/runs/preflight/report";
    const hardware = {
      ...{
        name: "TPU v5e 1x1",
        chips: 1,
        hosts: 1,
        basis: "compiled",
        effort: "full",
        fits: false,
        reason: "too much",
      },
      ...{ rows: 32, peakBytes: 2 ** 35, availableBytes: 2 ** 34, memory: {}, validationPeakBytes: null },
      ...{ largestBuffers: [], compileSeconds: 1, largestBatch: null, stepSeconds: 1, rooflineSeconds: 1 },
      ...{ bound: "memory", steps: 3600, totalSeconds: 3600 },
    };
    const report = { schemaVersion: 1, versions: { jax: "1", libtpu: "1" }, problems: [], data: null, diskBytes: 1 };
    await clients.storage.writeText(reportUri, JSON.stringify({ ...report, hardware, remedy: null, alternatives: [] }));
    const found = await activities.preflight({ recipe, spec, data, reportUri });
    expect(found.problems.map(({ code }) => code)).toEqual(["OutOfMemory", "BudgetTooSmall"]);
    expect(found.prediction?.usd).toBeCloseTo(1.2);
  });

  test("the preflight's job asks the trainer, but not a team's own container", async () => {
    const recipe = recipeOn("{ tpu: v5e, topology: 2x4 }");
    const spec = await activities.compilePreflight({ recipe, pins });
    expect(spec?.name).toBe("preflight");
    expect(await clients.storage.readExisting(spec?.uri ?? "")).toContain(pins.trainerImage);
    const own = { ...recipe, train: { ...recipe.train, image: "us-docker.pkg.dev/p/r/own:1" } };
    expect(await activities.compilePreflight({ recipe: own, pins })).toBeNull();
  });
});
