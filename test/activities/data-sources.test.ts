import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, createRepo } from "@huggingface/hub";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clients } from "../../activities/clients/clients.ts";
import { Database, literal } from "../../activities/dataset/database.ts";
import { readManifest } from "../../activities/dataset/manifest.ts";
import { createPrepareActivities } from "../../activities/dataset/prepare-data.ts";
import { pinData, pinEvaluationSets } from "../../activities/dataset/sources/pin-data.ts";
import { failureOf } from "../../activities/dataset/testing.ts";
import { parseRecipe } from "../../activities/resolve/read-recipe.ts";
import { startHub } from "../../local/hub/index.ts";
import { startStorage } from "../../local/storage/index.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Manifest } from "../../trainer/contract/generated/contract.ts";
import { type ServedTable, startBigQuery } from "./bigquery-server.ts";
import { testClients, testEnvironment, testFolder } from "./environment.ts";

const repo = { type: "dataset", name: "owner/rows" } as const;
const table = "project.team.rows";

let clients: Clients;
let folder: string;
let bigquery: Awaited<ReturnType<typeof startBigQuery>>;
const tables = new Map<string, ServedTable>();
const ends: (() => Promise<void>)[] = [];

const rows = (from: number, count = 100) =>
  Array.from({ length: count }, (_, index) => ({
    text: `text number ${from + index}`,
    label: index % 2 === 0 ? "even" : "odd",
  }));
const jsonl = (from: number) =>
  rows(from)
    .map((row) => `${JSON.stringify(row)}\n`)
    .join("");
const csv = (from: number) =>
  `text,label\n${rows(from)
    .map(({ text, label }) => `"${text}",${label}\n`)
    .join("")}`;

beforeAll(async () => {
  const temporary = await testFolder();
  folder = temporary.path;
  const storage = await startStorage({ folder: join(folder, "buckets") });
  const hub = await startHub({ folder: join(folder, "hub") });
  const { Storage } = await import("@google-cloud/storage");
  await new Storage({ apiEndpoint: storage.url, projectId: "retemper" }).createBucket("retemper");
  const environment = testEnvironment({ storage: storage.url, hub: hub.url, recipes: folder });
  bigquery = await startBigQuery(tables, testClients(environment).storage);
  clients = testClients({ ...environment, bigquery: { endpoint: bigquery.endpoint, anonymous: true } });
  ends.push(
    () => bigquery.close(),
    () => storage.close(),
    () => hub.close(),
    temporary.remove,
  );
  const access = { repo, hubUrl: hub.url, accessToken: "hf_test" };
  await createRepo(access);
  const files = {
    "data/a.jsonl": jsonl(0),
    "data/b.csv": csv(100),
    "data/c.tsv": csv(200).replaceAll(",", "\t"),
    "held/out.jsonl": jsonl(900),
    "README.md": "rows",
  };
  await commit({
    ...access,
    title: "rows",
    operations: Object.entries(files).map(([path, text]) => ({
      operation: "addOrUpdate" as const,
      path,
      content: new Blob([text]),
    })),
  });
  await clients.storage.writeText(`gs://retemper/models/hub/owner/model/${"0".repeat(40)}/mirror.json`, "{}");
  await clients.storage.writeText("gs://retemper/logs/2024/a.jsonl", jsonl(300));
  await clients.storage.writeText("gs://retemper/logs/2025/b.jsonl", jsonl(400));
  await mkdir(join(folder, "mine/deeper"), { recursive: true });
  await writeFile(join(folder, "mine/one.jsonl"), jsonl(500));
  await writeFile(join(folder, "mine/deeper/two.csv"), csv(600));
  await writeFile(join(folder, "lines.txt"), 'one line\nanother "line"\n');
  tables.set(table, { modified: "1700000000000", content: await parquet(700) });
});
afterAll(async () => {
  for (const end of ends) await end();
});

async function parquet(from: number): Promise<Buffer> {
  await writeFile(join(folder, "for-parquet.jsonl"), jsonl(from));
  const file = join(folder, `rows-${from}.parquet`);
  using database = await Database.open(join(folder, "writing"));
  await database.run(`COPY (FROM read_json(${literal(join(folder, "for-parquet.jsonl"))})) TO ${literal(file)}`);
  return readFile(file);
}

function recipeOf(data: unknown, more: Record<string, unknown> = {}): Recipe {
  return parseRecipe(
    JSON.stringify({
      name: "sources",
      task: "text-classification",
      model: { base: "owner/model" },
      data,
      train: { hardware: { tpu: "v5e", topology: "2x2" } },
      gate: {},
      promote: { endpoint: "sources" },
      ...more,
    }),
    "sources.yaml",
  );
}

async function prepared(data: unknown, more: Record<string, unknown> = {}): Promise<Manifest> {
  const recipe = recipeOf(data, more);
  const evaluationSets = await pinEvaluationSets(clients, recipe);
  const pins = {
    recipe: { name: "sources", hash: "h" },
    baseModel: { repo: "owner/model", revision: "0".repeat(40) },
    data: await pinData(clients, recipe.data),
    ...(evaluationSets.length === 0 ? {} : { evaluationSets }),
    trainerImage: "trainer@sha256:1",
  };
  const made = await createPrepareActivities(clients).prepareData({ recipe, pins, champion: null });
  if ("job" in made) throw new Error("expected prepared data");
  const manifest = await readManifest(clients.storage, made.uri);
  if (manifest === null) throw new Error("expected a manifest");
  return manifest;
}

const total = ({ splits }: Manifest) => splits.train.rows + splits.validation.rows + splits.test.rows;

describe("prepared from", () => {
  test("files of the Hub by a pattern, in several formats, with a test file", async () => {
    const data = { source: "hub", dataset: repo.name, train: "data/*", test: "held/out.jsonl" };
    const manifest = await prepared(data);
    expect(total(manifest)).toBe(400);
    expect(manifest.splits.test.rows).toBe(100);
    expect(manifest.sources.map(({ uri, rows }) => [uri, rows])).toEqual([
      ["hf://datasets/owner/rows/data/a.jsonl", 100],
      ["hf://datasets/owner/rows/data/b.csv", 100],
      ["hf://datasets/owner/rows/data/c.tsv", 100],
      ["hf://datasets/owner/rows/held/out.jsonl", 100],
    ]);
    expect(manifest.sources[0]?.revision).toMatch(/^[0-9a-f]{40}$/);
  });

  test("objects under a prefix", async () => {
    expect(total(await prepared({ source: "storage", train: "gs://retemper/logs/" }))).toBe(200);
    expect(total(await prepared({ source: "storage", train: ["gs://retemper/logs/*/b.jsonl"] }))).toBe(100);
  });

  test("local files and folders, and lines of text shaped by SQL", async () => {
    expect(total(await prepared({ source: "file", train: "mine" }))).toBe(200);
    const sql = "SELECT text, CASE WHEN text LIKE '%another%' THEN 'a' ELSE 'b' END AS label FROM source";
    const error = await failureOf(prepared({ source: "file", train: "lines.txt", sql }));
    // Two lines are too few to train on, and are read before that is said.
    expect(error.problems.map(({ path }) => path)).toContain("columns.label");
  });

  test("a table of BigQuery as it was when it was pinned, exported once; and a query", async () => {
    const manifest = await prepared({ source: "bigquery", train: table });
    expect(total(manifest)).toBe(100);
    const [statement = ""] = bigquery.statements;
    expect(statement).toContain(`SELECT * FROM \`${table}\` FOR SYSTEM_TIME AS OF TIMESTAMP_MILLIS(1700000000000)`);
    expect(statement).toContain("format = 'PARQUET'");
    // With another share, other data is prepared of the same export.
    await prepared({ source: "bigquery", train: table, sql: "SELECT text, upper(label) AS label FROM source" });
    expect(bigquery.statements).toHaveLength(1);
    const query = `SELECT text, label FROM ${table} WHERE true`;
    expect(total(await prepared({ source: "bigquery", train: query }))).toBe(100);
    expect(bigquery.statements).toHaveLength(2);
  });

  test("a mix of sources with weights", async () => {
    const manifest = await prepared({
      source: "mix",
      sources: [
        { name: "hub", weight: 2, source: "hub", dataset: repo.name, train: ["data/a.jsonl", "data/b.csv"] },
        { name: "logs", weight: 1, source: "storage", train: "gs://retemper/logs/2024/" },
        { name: "rows", weight: 1, source: "bigquery", train: table },
      ],
    });
    const of = (name: string) => Object.values(manifest.sourceRows?.[name] ?? {}).reduce((sum, n) => sum + n, 0);
    expect([of("hub"), of("logs"), of("rows")]).toEqual([200, 100, 100]);
  });
});

describe("what is not there is said before anything is prepared", () => {
  const failure = (data: unknown) => failureOf(pinData(clients, recipeOf(data).data));

  test.each([
    [
      "a revision that vanished",
      { source: "hub", dataset: repo.name, revision: "f".repeat(40), train: "data/a.jsonl" },
    ],
    ["a pattern that means no file", { source: "hub", dataset: repo.name, train: "dta/*.jsonl" }],
    ["a prefix without objects", { source: "storage", train: "gs://retemper/nothing/" }],
    ["an object", { source: "storage", train: "gs://retemper/logs/2024/z.jsonl" }],
    ["a table", { source: "bigquery", train: "project.team.none" }],
    ["a table that a query reads", { source: "bigquery", train: "SELECT * FROM project.team.none" }],
  ])("%s", async (_, data) => {
    expect((await failure(data)).code).toBe("NotFound");
  });

  test("what is no query and no table, and what is no address", async () => {
    expect((await failure({ source: "bigquery", train: "rows" })).problems[0]?.path).toBe("data.train");
    expect((await failure({ source: "storage", train: "logs/*.jsonl" })).problems[0]?.path).toBe("data.train");
  });

  test("every source of a mix at once", async () => {
    const error = await failure({
      source: "mix",
      sources: [
        { name: "one", source: "file", train: "none.csv" },
        { name: "two", source: "file", train: "neither.csv" },
      ],
    });
    expect(error.problems.map(({ path }) => path)).toEqual(["data.sources[0].train", "data.sources[1].train"]);
  });
});

test("an object that has changed since it was pinned is found, and so is a table that a query reads", async () => {
  await clients.storage.writeText("gs://retemper/moving/a.jsonl", jsonl(0));
  tables.set("project.team.moving", { modified: "1", content: await parquet(0) });
  for (const [data, change] of [
    [
      { source: "storage", train: "gs://retemper/moving/a.jsonl" },
      () => clients.storage.writeText("gs://retemper/moving/a.jsonl", jsonl(1)),
    ],
    [
      { source: "bigquery", train: "SELECT * FROM project.team.moving" },
      async () => {
        const there = tables.get("project.team.moving");
        if (there) there.modified = "2";
      },
    ],
  ] as const) {
    const recipe = recipeOf(data);
    const pin = await pinData(clients, recipe.data);
    await change();
    const pins = {
      recipe: { name: "sources", hash: "h" },
      baseModel: { repo: "owner/model", revision: "0".repeat(40) },
      data: pin,
      trainerImage: "trainer@sha256:1",
    };
    const error = await failureOf(createPrepareActivities(clients).prepareData({ recipe, pins, champion: null }));
    expect(error.code).toBe("SourceChanged");
  }
});

test("training rows that evaluation sets of the Hub have are kept aside", async () => {
  const against = [{ name: "held", dataset: repo.name, files: "data/*.csv" }];
  const data = { source: "hub", dataset: repo.name, train: ["data/a.jsonl", "data/b.csv"], test: "held/out.jsonl" };
  const manifest = await prepared(data, { contamination: { against }, splits: { validation: 0 } });
  expect(manifest.splits.train.rows).toBe(100);
  expect(manifest.rejected).toEqual([{ reason: "contaminated: holds text of held", rows: 100 }]);
  expect(manifest.statistics?.contamination?.sets).toEqual([
    { name: "test", texts: 100, contaminated: 0 },
    { name: "held", texts: 100, contaminated: 100 },
  ]);
  const clashing = { contamination: { against: [{ ...against[0], name: "test" }] } };
  const failure = await failureOf(prepared(data, clashing));
  expect(failure.code).toBe("InvalidRecipe");
});
