import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateManifest } from "../../trainer/contract/generated/validate.js";
import { failureOf, type Prepared, plannedRecipe, prepare, type Row, source, writeRows, writeText } from "./testing.ts";

const rows = (count: number, from = 0): { text: string; label: string }[] =>
  Array.from({ length: count }, (_, index) => ({
    text: `text number ${from + index}`,
    label: index % 2 === 0 ? "even" : "odd",
  }));

/** Rows of one file, and maybe a test file. */
function prepared(
  train: readonly Row[],
  { test, buckets, ...changes }: { test?: readonly Row[]; buckets?: number; [field: string]: unknown } = {},
): Promise<Prepared> {
  return prepare(
    async (folder) => ({
      recipe: plannedRecipe(changes),
      sources: [
        source([await writeRows(folder, "train.jsonl", train)], {
          test: test === undefined ? [] : [await writeRows(folder, "test.jsonl", test)],
        }),
      ],
    }),
    { passes: [], ...(buckets === undefined ? {} : { buckets }) },
  );
}

describe("prepareFiles", () => {
  test("writes a manifest that keeps the contract, with every row in one split", async () => {
    const { manifest, placed } = await prepared(rows(200));
    expect(validateManifest(manifest), JSON.stringify(validateManifest.errors)).toBe(true);
    expect(manifest.labels).toEqual(["even", "odd"]);
    expect(placed.size).toBe(200);
    const { train, validation, test: testSplit } = manifest.splits;
    expect(train.rows + validation.rows + testSplit.rows).toBe(200);
    expect(train.labelCounts["even"]).toBeGreaterThan(0);
  });

  test("gives the same bytes whatever the order of rows, of files and of work", async () => {
    const input = [
      ...rows(300),
      { text: "  ", label: "even" },
      { text: "TEXT number 3", label: "odd" },
      { text: null, label: "x" },
    ];
    const inFiles = (parts: readonly (readonly Row[])[], names: readonly string[]) => async (folder: string) => ({
      recipe: plannedRecipe(),
      sources: [source(await Promise.all(parts.map((part, index) => writeRows(folder, names[index] ?? "", part))))],
    });
    const [first, second] = [input.slice(0, 150), input.slice(150)];
    const names = ["a.jsonl", "b.jsonl"];
    const one = await prepare(inFiles([first, second], names), { buckets: 4, passes: [] });
    const two = await prepare(inFiles([second.toReversed(), first.toReversed()], names.toReversed()), {
      buckets: 4,
      lanes: 3,
      passes: [],
    });
    expect(two.files).toEqual(one.files);
    const moved = await prepare(inFiles([second, first], names), { buckets: 4, passes: [] });
    expect({ ...moved.files, "manifest.json": "" }).toEqual({ ...one.files, "manifest.json": "" });
  });

  test("orders rows by id, over all shards", async () => {
    const { rows: found, manifest } = await prepared(rows(400), { buckets: 8 });
    for (const split of ["train", "validation", "test"]) {
      const ids = found.filter((row) => row.split === split).map((row) => String(row["id"]));
      expect(ids).toEqual(ids.toSorted());
    }
    expect(manifest.splits.train.shards.length).toBeGreaterThan(1);
  });

  test("never moves a row as the data grows, and adds up what becomes of every row", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string(), label: fc.constantFrom("even", "odd", "") }), { maxLength: 30 }),
        fc.constantFrom(1, 4),
        async (added, buckets) => {
          const before = await prepared(rows(60), { buckets: 1 });
          const after = await prepared([...added, ...rows(60)], { buckets, schema: { maximumBadRows: 1 } });
          for (const [text, split] of before.placed) expect(after.placed.get(text)).toBe(split);
          const { splits, rejected, duplicates, sampledOut } = after.manifest;
          const kept = splits.train.rows + splits.validation.rows + splits.test.rows;
          const aside = rejected.reduce((sum, one) => sum + one.rows, 0);
          expect(aside).toBe(after.rejected.length);
          expect(kept).toBe(after.rows.length);
          expect(kept + aside + duplicates.withinSplits + duplicates.acrossSplits + (sampledOut ?? 0)).toBe(
            60 + added.length,
          );
          expect(new Set(after.rows.map((row) => row["id"])).size).toBe(kept);
        },
      ),
      { numRuns: 6 },
    );
  }, 60_000);

  test("counts what it keeps aside, with the reason, and keeps it", async () => {
    const testRows = [
      { text: "In   the test", label: "even" },
      { text: "of no known class", label: "never seen" },
    ];
    const train: Row[] = [
      ...rows(60),
      { text: "  ", label: "even" },
      { text: null, label: "odd" },
      { text: "no label", label: null },
      { text: "TEXT number 3", label: "odd" },
      { text: "contradiction", label: "even" },
      { text: "Contradiction", label: "odd" },
      { text: "in the TEST", label: "odd" },
    ];
    const { manifest, placed, rejected } = await prepared(train, { test: testRows });
    expect(Object.fromEntries(manifest.rejected.map(({ reason, rows }) => [reason, rows]))).toEqual({
      "empty text": 2,
      "empty label": 1,
      "the same text has several labels": 2,
      "its label is in no training row": 1,
    });
    expect(manifest.duplicates).toEqual({ withinSplits: 1, acrossSplits: 1 });
    expect(placed.get("In   the test")).toBe("test");
    expect(manifest.splits.test.rows).toBe(1);
    expect(rejected).toContainEqual({ reason: "empty label", source: "data", row: { text: "no label", label: null } });
    expect(rejected).toHaveLength(6);
  });

  test("keeps slice columns as text", async () => {
    const { manifest, rows: found } = await prepared(
      rows(40).map((row, index) => ({ ...row, status: index % 3 === 0 ? null : 7 })),
      { columns: { slices: ["status"] } },
    );
    expect(manifest.slices).toEqual(["status"]);
    expect(new Set(found.map((row) => row["status"]))).toEqual(new Set(["(none)", "7"]));
  });

  test("keeps groups together as data grows, and never moves one of their rows", async () => {
    const grouped = (count: number, author: string, from: number): Row[] =>
      rows(count, from).map((row) => ({ ...row, author }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 40 }), { maxLength: 40 }), async (authors) => {
        const old = Array.from({ length: 20 }, (_, index) => grouped(5, `author ${index}`, 100 * index)).flat();
        const added = authors.flatMap((author, index) => grouped(2, `author ${author}`, 3000 + index));
        const splits = { validation: 0.3, test: 0.3, group: "author" };
        const before = await prepared(old, { splits });
        const after = await prepared([...added, ...old], { splits, buckets: 2 });
        for (const [text, split] of before.placed) expect([split, undefined]).toContain(after.placed.get(text));
        const splitsOf = Map.groupBy(after.rows, (row) => String(row["group"]));
        expect([...splitsOf.keys()]).toContain("author 0");
        for (const [author, some] of splitsOf)
          expect([author, [...new Set(some.map(({ split }) => split))]]).toEqual([author, [some[0]?.split]]);
      }),
      { numRuns: 3 },
    );
  }, 60_000);

  test("trains on the past and tests on what came after", async () => {
    const dated = rows(60).map((row, index) => ({
      ...row,
      at: `2024-0${1 + Math.floor(index / 10)}-1${index % 10}T12:00:00Z`,
    }));
    const time = {
      column: "at",
      from: "2024-02-01",
      validation: "2024-04-01",
      test: "2024-05-01",
      until: "2024-06-01",
    };
    const { manifest, placed } = await prepared([...dated, { text: "late", label: "even", at: "soon" }], {
      splits: { time },
    });
    const { train, validation, test: testSplit } = manifest.splits;
    expect([train.rows, validation.rows, testSplit.rows]).toEqual([20, 10, 10]);
    expect(placed.get("text number 10")).toBe("train");
    expect(placed.get("text number 49")).toBe("test");
    expect(manifest.rejected).toEqual([
      { reason: "at is no time", rows: 1 },
      { reason: "outside of the window of time", rows: 20 },
    ]);
  });

  test("by time, moves a row only back, and only when an earlier copy of its text arrives late", async () => {
    const month = (number: number): string => `2024-0${number}-15`;
    const order = ["train", "validation", "test"];
    const splits = { time: { column: "at", validation: "2024-04-01", test: "2024-05-01" } };
    const old = rows(60).map((row, index) => ({ ...row, at: month(1 + Math.floor(index / 10)) }));
    const before = await prepared(old, { splits });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ index: fc.nat({ max: 90 }), at: fc.integer({ min: 1, max: 6 }) }), { maxLength: 20 }),
        async (late) => {
          const copies = late.map(({ index, at }) => ({ ...rows(100)[index], at: month(at) }));
          const after = await prepared([...copies, ...old], { splits, buckets: 2 });
          for (const row of old) {
            const is = after.placed.get(row.text);
            const was = before.placed.get(row.text);
            const hasEarlier = copies.some(({ text, at }) => text === row.text && at < row.at);
            if (!hasEarlier) expect(is).toBe(was);
            expect(order.indexOf(is ?? "")).toBeLessThanOrEqual(order.indexOf(was ?? ""));
          }
        },
      ),
      { numRuns: 5 },
    );
  }, 60_000);

  test("reads several labels as lists, as JSON, or with a separator", async () => {
    const texts = rows(60).map(({ text }) => text);
    const labels = (index: number): string[] =>
      index % 3 === 0 ? ["sound", "games"] : index % 3 === 1 ? ["games"] : [];
    const asLists = texts.map((text, index) => ({ text, label: labels(index) }));
    const asJson = texts.map((text, index) => ({ text, label: JSON.stringify(labels(index)) }));
    const asText = texts.map((text, index) => ({ text, label: labels(index).join("; ") }));
    const task = "multi-label-classification";
    const [one, two, three] = [
      await prepared(asLists, { task }),
      await prepared(asJson, { task }),
      await prepared(asText, { task, columns: { separator: ";" } }),
    ];
    expect(one.manifest.labels).toEqual(["games", "sound"]);
    expect(one.rows.find((row) => row["text"] === "text number 0")?.["label"]).toBe('["games","sound"]');
    expect(one.manifest.splits.train.labelCounts["games"]).toBeGreaterThan(
      one.manifest.splits.train.labelCounts["sound"] ?? 0,
    );
    expect(two.rows).toEqual(one.rows);
    expect(three.rows).toEqual(one.rows);
  });

  test("makes conversations of messages, or of prompts and completions", async () => {
    const talk = rows(40).map(({ text }) => ({
      messages: [
        { role: "user", content: text },
        { role: "assistant", content: "so it is" },
      ],
    }));
    const pairs = rows(40).map(({ text }) => ({ question: text, answer: "so it is" }));
    const one = await prepared([...talk, { messages: [] }, { messages: [{ role: "user", content: "alone" }] }], {
      task: "causal-lm",
    });
    const two = await prepared(pairs, { task: "causal-lm", columns: { prompt: "question", completion: "answer" } });
    expect(one.manifest.labels).toEqual([]);
    expect(one.manifest.rejected.reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
    expect(JSON.parse(String(one.rows[0]?.["messages"]))).toHaveLength(2);
    expect(two.rows).toEqual(one.rows);
  });
});

describe("bad data", () => {
  test("names each missing column and the nearest one", async () => {
    const error = await failureOf(prepared(rows(10), { columns: { slices: ["lable", "satus"] } }));
    expect(error.code).toBe("InvalidData");
    expect(error.problems.map(({ path }) => path)).toEqual(["columns.slices[0]", "columns.slices[1]"]);
    expect(error.problems[0]?.message).toContain("did you mean label?");
  });

  test("with one class only, or an empty split", async () => {
    const error = await failureOf(prepared([{ text: "a", label: "x" }], { splits: { validation: 0, test: 0.5 } }));
    expect(error.code).toBe("InvalidData");
    expect(error.problems.map(({ path }) => path)).toContain("columns.label");
    expect(error.problems.some(({ message }) => message.includes("split empty"))).toBe(true);
  });

  const broken = (name: string, content: string | Uint8Array) =>
    failureOf(
      prepare(async (folder) => ({
        recipe: plannedRecipe(),
        sources: [source([await writeText(folder, name, content)])],
      })),
    );

  test("that is no Parquet, or the half of one", async () => {
    const error = await broken("train.parquet", "PAR1 not parquet at all");
    expect(error.code).toBe("InvalidData");
    expect(error.message).toContain("hf://datasets/owner/data/train.parquet");
    expect(error.message).toContain("footer");
    expect(error.message).toContain("23 bytes");
  });

  test.each([
    ["train.csv", "text,label\nfirst,a\n", "caf\xe9,b\n"],
    ["train.jsonl", '{"text":"first","label":"a"}\n', '{"text":"caf\xe9","label":"b"}\n'],
  ])("that is not UTF-8 (%s): at which byte, in which line, and how many", async (name, good, bad) => {
    const error = await broken(name, Buffer.from(good.repeat(1) + bad + bad, "latin1"));
    expect(error.code).toBe("InvalidData");
    const byte = good.length + bad.indexOf("\xe9");
    const line = good.split("\n").length;
    expect(error.message).toContain(`2 lines have other bytes, the first at byte ${byte}, in line ${line}`);
  });

  test("of which more than the budget is bad: every reason with its count", async () => {
    const bad = rows(20).map((row) => ({ ...row, score: "high" }));
    const good = rows(20, 100).map((row) => ({ ...row, score: "3" }));
    const schema = {
      columns: { score: { type: "number", minimum: 0, maximum: 5 }, text: { maxLength: 15, pattern: "^text" } },
      maximumBadRows: 0.2,
    };
    const long = { text: "text that is far too long", label: "odd", score: "9" };
    const error = await failureOf(prepared([...bad, ...good, long], { schema }));
    expect(error.problems.map(({ path }) => path)).toEqual(["schema.maximumBadRows"]);
    expect(error.message).toContain("score is no number (20)");
    expect(error.message).toContain("21 of 41");
    const { manifest } = await prepared([...bad, ...good, long], { schema: { ...schema, maximumBadRows: 0.6 } });
    expect(manifest.rejected).toEqual([
      { reason: "score is more than 5", rows: 1 },
      { reason: "score is no number", rows: 20 },
    ]);
  });
});
