import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DataStatistics } from "../../../trainer/contract/generated/contract.ts";
import { inTemporaryFolder } from "../../temporary.ts";
import { Database } from "../database.ts";
import { makePlan } from "../make-plan.ts";
import { prepareFiles } from "../prepare-files.ts";
import { plannedRecipe, type Row, source, writeRows } from "../testing.ts";
import { compareData, type Side } from "./compare.ts";
import { type Drift, driftSentence, worst } from "./drift.ts";

const topics = ["the cat sat on a mat", "stocks fell as rates rose", "the team won the final match"];

interface Made {
  readonly from?: number;
  readonly rows?: number;
  readonly label?: (index: number) => string;
  readonly text?: (index: number) => string;
  readonly lang?: (index: number) => string;
}

function rowsOf({ from = 0, rows = 1500, label = (index) => `label-${index % 3}`, text, lang }: Made): Row[] {
  const textOf = text ?? ((index) => topics[index % 3] ?? "");
  return Array.from({ length: rows }, (_, place) => {
    const index = from + place;
    return {
      text: `${textOf(index)} number ${1000 + ((index * 7919) % 9000)}`,
      label: label(index),
      region: lang?.(index) ?? `r${index % 4}`,
    };
  });
}

/** Prepares both as a run does, and compares them. */
async function driftOf(
  champion: Made,
  data: Made,
  statistics: { readonly champion?: DataStatistics; readonly data?: DataStatistics } = {},
): Promise<Drift> {
  return inTemporaryFolder(async (folder) => {
    const side = async (name: string, made: Made): Promise<Side> => {
      await mkdir(join(folder, name), { recursive: true });
      const file = await writeRows(folder, `${name}.jsonl`, rowsOf(made));
      const recipe = plannedRecipe({ columns: { text: "text", label: "label", slices: ["region"] } });
      const plan = makePlan({ recipe, sources: [source([file])], held: null, passes: {} });
      const manifest = await prepareFiles({ plan, folder: join(folder, name), lanes: 1 });
      const shards = manifest.splits.train.shards.map(({ path }) => join(folder, name, "output", path));
      return { uri: `gs://bucket/${name}`, manifest, shards };
    };
    const before = await side("champion", champion);
    const now = await side("data", data);
    using database = await Database.open(join(folder, "database"));
    const withStatistics = (one: Side, more: DataStatistics = {}): Side => ({
      ...one,
      manifest: { ...one.manifest, statistics: more },
    });
    return await compareData(
      database,
      withStatistics(before, statistics.champion),
      withStatistics(now, statistics.data),
    );
  });
}

function column(drift: Drift, name: string) {
  const found = drift.columns.find((one) => one.column === name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found;
}

describe("drift", () => {
  test("is none between other rows of the same kind, however many there are", async () => {
    const drift = await driftOf({}, { from: 1500 });
    expect(worst(drift)).toBe("none");
    expect(drift.columns.map(({ column }) => column)).toEqual(["label", "region", "characters", "words", "text"]);
    expect(driftSentence(drift)).toBe("no drift from the champion's data");
  });

  test("of labels is told of labels only", async () => {
    const drift = await driftOf(
      {},
      { from: 1500, label: (index) => (index % 5 === 0 ? "label-1" : "label-0"), text: () => topics.join(" ") },
    );
    expect(column(drift, "label")).toMatchObject({ drift: "large", test: "chi-squared" });
    expect(column(drift, "region").drift).toBe("none");
    expect(drift.labels).toEqual({ appeared: [], vanished: [expect.objectContaining({ name: "label-2" })] });
    expect(driftSentence(drift)).toContain("labels gone: label-2");
  });

  test("of a slice, of lengths and of words are told apart", async () => {
    const slice = await driftOf({}, { from: 1500, lang: (index) => (index % 2 === 0 ? "r0" : "elsewhere") });
    expect(column(slice, "region").drift).toBe("large");
    expect(column(slice, "region").bins.find(({ name }) => name === "elsewhere")).toMatchObject({ champion: 0 });
    expect(column(slice, "text").drift).toBe("none");

    const words = await driftOf(
      {},
      { from: 1500, text: (index) => (topics[index % 3] ?? "").replace("stocks", "bonds").replace("rates", "yields") },
    );
    expect(column(words, "text").pValue).toBeLessThanOrEqual(0.001);
    expect(words.words.risen.map(({ word }) => word)).toEqual(expect.arrayContaining(["bonds", "yields"]));
    expect(words.words.fallen.map(({ word }) => word)).toEqual(expect.arrayContaining(["stocks", "rates"]));
    expect(column(words, "words").drift).toBe("none");

    const longer = await driftOf(
      {},
      { from: 1500, text: (index) => `${topics[index % 3]} ${"again ".repeat(index % 7)}` },
    );
    expect(column(longer, "characters")).toMatchObject({ drift: "large", test: "kolmogorov-smirnov" });
  });

  test("of languages and tokens is read from what both preparations counted", async () => {
    const counted = (french: number, short: number): DataStatistics => ({
      text: {
        splits: {},
        labels: [],
        languages: [
          { language: "en", rows: 2000 - french, splits: { train: 1000 - french } },
          { language: "fr", rows: french, splits: { train: french } },
        ],
        sampled: 2000,
      },
      tokens: {
        splits: {},
        labels: [],
        longer: [
          { tokens: 16, share: 1 - short },
          { tokens: 32, share: 0.1 },
        ],
        sampled: 1000,
      },
    });
    const data = { from: 1500 };
    const same = await driftOf({}, data, { champion: counted(20, 0.5), data: counted(25, 0.51) });
    expect([column(same, "language").drift, column(same, "tokens").drift]).toEqual(["none", "none"]);
    const other = await driftOf({}, data, { champion: counted(20, 0.5), data: counted(300, 0.2) });
    expect([column(other, "language").drift, column(other, "tokens").drift]).toEqual(["large", "large"]);
    expect(column(other, "tokens").bins).toEqual([
      { name: "≤ 16", champion: 500, data: 200 },
      { name: "17–32", champion: 400, data: 700 },
      { name: "> 32", champion: 100, data: 100 },
    ]);
  });

  test("of a few rows is not told from chance", async () => {
    const drift = await driftOf({ rows: 40 }, { from: 40, rows: 40, lang: (index) => `r${index % 3}` });
    expect(column(drift, "region").drift).toBe("none");
  });

  test("is the same, to the last digit, each time", async () => {
    const data = { from: 700, text: (index: number) => topics[index % 2] ?? "" };
    expect(JSON.stringify(await driftOf({}, data))).toBe(JSON.stringify(await driftOf({}, data)));
  });
});
