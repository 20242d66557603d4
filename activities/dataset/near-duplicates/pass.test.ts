import { describe, expect, test } from "vitest";
import { type Prepared, plannedRecipe, prepare, type Row, source, writeRows } from "../testing.ts";
import { randomNumbers, randomWords, shinglesOf, similarityOf, similarityOfSets } from "./testing.ts";

const size = 3;

/** Texts of which a third are changed copies of another one. */
function randomRows(seed: number, count: number): Row[] {
  const random = randomNumbers(seed);
  const words = randomWords(seed + 1, 5000);
  const texts: string[] = [];
  while (texts.length < count) {
    const original = texts[Math.floor(random() * texts.length)];
    if (original === undefined || random() < 0.67) texts.push(words.text(20 + Math.floor(random() * 60)));
    else {
      const changes = 1 + Math.floor(random() * 3);
      const copy = original.split(" ");
      for (let change = 0; change < changes; change++) copy[Math.floor(random() * copy.length)] = words.word();
      texts.push(copy.join(" "));
    }
  }
  return texts.map((text, index) => ({ text, label: index % 2 === 0 ? "even" : "odd" }));
}

function prepared(
  rows: readonly Row[],
  options: { buckets?: number; lanes?: number; threshold?: number; slices?: string[] } = {},
): Promise<Prepared> {
  const { threshold = 0.7, slices = [], ...engine } = options;
  const nearDuplicates = { threshold, shingle: size, permutations: 128 };
  const columns = { slices };
  return prepare(async (folder) => {
    const half = rows.length / 2;
    const files = await Promise.all([
      writeRows(folder, "a.jsonl", rows.slice(0, half)),
      writeRows(folder, "b.jsonl", rows.slice(half)),
    ]);
    return { recipe: plannedRecipe({ nearDuplicates, columns }), sources: [source(files)] };
  }, engine);
}

const textsOf = ({ rows }: Prepared): string[] => rows.map((row) => String(row["text"]));
const dropped = ({ rejected }: Prepared) => rejected.filter(({ reason }) => reason.startsWith("near duplicate"));

describe("near duplicates", { timeout: 60_000 }, () => {
  test("are found as by comparing every row with every other", async () => {
    const rows = randomRows(1, 500);
    const result = await prepared(rows, { buckets: 4 });
    const texts = [...new Set(rows.map((row) => String(row["text"]).toLowerCase()))];
    const kept = textsOf(result);
    const sets = texts.map((text) => ({ text, set: shinglesOf(text, size) }));
    const pairs = sets.flatMap((left, index) =>
      sets
        .slice(index + 1)
        .map((right) => ({ left: left.text, right: right.text, similarity: similarityOfSets(left.set, right.set) })),
    );
    const isKept = new Set(kept.map((text) => text.toLowerCase()));
    const above = pairs.filter(({ similarity }) => similarity >= 0.8);
    expect(above.length).toBeGreaterThan(40);
    const missed = above.filter(({ left, right }) => isKept.has(left) && isKept.has(right));
    expect(missed).toEqual([]);
    // Nothing goes that is similar to nothing.
    const similar = new Set(
      pairs.filter(({ similarity }) => similarity >= 0.7).flatMap(({ left, right }) => [left, right]),
    );
    for (const { row } of dropped(result)) expect(similar).toContain(String(row["text"]).toLowerCase());
    expect(kept.length + dropped(result).length).toBe(texts.length);
    expect(result.manifest.statistics?.nearDuplicates?.removed.reduce((sum, { rows }) => sum + rows, 0)).toBe(
      dropped(result).length,
    );
    for (const { left, right, similarity } of result.manifest.statistics?.nearDuplicates?.examples ?? []) {
      // Long texts are cut to be shown.
      if (Math.max(left.length, right.length) < 300)
        expect(similarity).toBeCloseTo(similarityOf(left, right, size), 12);
      expect(similarity).toBeGreaterThanOrEqual(0.7);
    }
  });

  test("are the same in whatever order rows come, and in however many pieces", async () => {
    const rows = randomRows(2, 120);
    const results = [
      await prepared(rows, { buckets: 1 }),
      await prepared(rows.toReversed(), { buckets: 4, lanes: 3 }),
      await prepared(
        rows.toSorted((left, right) => (String(left["text"]) < String(right["text"]) ? -1 : 1)),
        { buckets: 2 },
      ),
    ];
    const [first, ...others] = results.map((result) => ({
      texts: textsOf(result).sort(),
      dropped: dropped(result)
        .map(({ reason, row }) => `${reason}: ${row["text"]}`)
        .sort(),
      statistics: result.manifest.statistics,
    }));
    expect(first?.dropped.length).toBeGreaterThan(10);
    for (const other of others) expect(other).toEqual(first);
  });

  test("of the test split stay, before those of validation, before those of train", async () => {
    const words = randomWords(3);
    // Each text with many copies of which one word differs, so that every cluster is in all splits.
    const rows = Array.from({ length: 6 }, () => words.text(40)).flatMap((text, cluster) =>
      Array.from({ length: 30 }, (_, copy) => ({
        text: `${text} ${words.word()}`,
        label: copy % 2 === 0 ? "a" : "b",
        cluster: String(cluster),
      })),
    );
    const distinct = Array.from({ length: 60 }, (_, index) => ({
      text: words.text(40),
      label: index % 2 === 0 ? "a" : "b",
      cluster: "none",
    }));
    const result = await prepared([...rows, ...distinct], { buckets: 2, slices: ["cluster"] });
    for (let cluster = 0; cluster < 6; cluster++) {
      const kept = result.rows.filter((row) => row["cluster"] === String(cluster));
      expect(kept.map((row) => row["split"])).toEqual(["test"]);
    }
    expect(result.rows.filter((row) => row["cluster"] === "none")).toHaveLength(60);
    expect(new Set(dropped(result).map(({ reason }) => reason))).toEqual(new Set(["near duplicate of a test row"]));
    expect(result.manifest.rejected).toContainEqual({ reason: "near duplicate of a test row", rows: 174 });
    expect(result.manifest.statistics?.nearDuplicates).toMatchObject({ clusters: 6, uncompared: 0 });
    expect(result.manifest.files?.map(({ path }) => path)).toContain("near-duplicates.parquet");
  });

  test("of conversations are so by what is said, not by a system message that all have", async () => {
    const words = randomWords(4);
    const system = words.text(80);
    const talk = (question: string, answer: string): Row => ({
      messages: [
        { role: "system", content: system },
        { role: "user", content: question },
        { role: "assistant", content: answer },
      ],
    });
    const others = Array.from({ length: 40 }, () => talk(words.text(30), words.text(10)));
    const question = words.text(40);
    const alike = [talk(`${question} one`, "the same"), talk(`${question} two`, "the same")];
    const recipe = plannedRecipe({ task: "causal-lm", nearDuplicates: {}, contamination: {} });
    const result = await prepare(async (folder) => ({
      recipe,
      sources: [source([await writeRows(folder, "talks.jsonl", [...others, ...alike])])],
    }));
    expect(result.rows).toHaveLength(41);
    expect(dropped(result)).toHaveLength(1);
    expect(result.rejected).toHaveLength(1);
  });
});
