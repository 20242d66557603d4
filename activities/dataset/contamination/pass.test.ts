import { describe, expect, test } from "vitest";
import { randomWords } from "../near-duplicates/testing.ts";
import { failureOf, type Prepared, plannedRecipe, prepare, type Row, source, writeRows } from "../testing.ts";

const words = randomWords(5);
const row = (text: string, index: number): Row => ({ text, label: index % 2 === 0 ? "a" : "b" });
const clean = Array.from({ length: 40 }, (_, index) => row(words.text(30), index));
const question = words.text(40);
const run = (from: number, count: number): string =>
  question
    .split(" ")
    .slice(from, from + count)
    .join(" ");

interface Given {
  readonly train: readonly Row[];
  readonly test?: readonly Row[];
  readonly evaluation?: readonly Row[];
  readonly columns?: readonly string[];
  readonly options?: Record<string, unknown>;
  readonly buckets?: number;
}

function prepared({
  train,
  test = clean.slice(30),
  evaluation = [],
  columns = ["question"],
  options = {},
  buckets = 2,
}: Given): Promise<Prepared> {
  return prepare(
    async (folder) => ({
      recipe: plannedRecipe({ contamination: options, splits: { validation: 0 } }),
      sources: [
        source([await writeRows(folder, "train.jsonl", [...train, ...clean.slice(0, 30)])], {
          test: [await writeRows(folder, "test.jsonl", test)],
        }),
      ],
      passes: {
        against: [
          {
            name: "quiz",
            columns,
            files: [await writeRows(folder, "quiz.jsonl", [{ question: "unlike all others" }, ...evaluation])],
          },
        ],
      },
    }),
    { buckets },
  );
}

const keptAside = ({ rejected }: Prepared): Record<string, string> =>
  Object.fromEntries(rejected.map(({ reason, row: { text } }) => [String(text), reason]));

describe("contamination", { timeout: 60_000 }, () => {
  test("is a run of thirteen words of the test split, however it is written, and not of twelve", async () => {
    const contaminated = `Before it: ${run(5, 13).toUpperCase().replaceAll(" ", ",  ")} … and after`;
    const train = [row(contaminated, 0), row(`before ${run(5, 12)} after`, 1)];
    const result = await prepared({ train, test: [row(question, 0), ...clean.slice(30)] });
    expect(keptAside(result)).toEqual({ [contaminated]: "contaminated: holds text of test" });
    expect(result.placed.get(String(train[1]?.["text"]))).toBe("train");
    expect(result.manifest.statistics?.contamination).toMatchObject({
      ngram: 13,
      removed: 1,
      sets: [
        { name: "test", texts: 11, contaminated: 1 },
        { name: "quiz", texts: 1, contaminated: 0 },
      ],
      examples: [{ set: "test" }],
    });
    expect(result.manifest.rejected).toEqual([{ reason: "contaminated: holds text of test", rows: 1 }]);
  });

  test("is named by the evaluation sets, and leaves the test split as it is", async () => {
    const both = `${run(0, 20)} and more`;
    const result = await prepared({
      train: [row(both, 0), row(`prefix ${run(25, 15)}`, 1)],
      test: [row(question.split(" ").slice(0, 24).join(" "), 0), ...clean.slice(30)],
      evaluation: [{ question, answer: "no" }],
    });
    expect(keptAside(result)).toEqual({
      [both]: "contaminated: holds text of quiz, test",
      [`prefix ${run(25, 15)}`]: "contaminated: holds text of quiz",
    });
    expect(result.manifest.splits.test.rows).toBe(11);
  });

  test("of a text that is shorter is being the same text", async () => {
    const train = [row("What is  the capital of FRANCE?", 0), row("What is the capital of France, and why", 1)];
    const result = await prepared({ train, evaluation: [{ question: "what is the capital of france" }] });
    expect(keptAside(result)).toEqual({ "What is  the capital of FRANCE?": "contaminated: holds text of quiz" });
  });

  test("may ask for a share of the text", async () => {
    // 8 of 16 runs of five words, and 4 of 16.
    const half = `${run(0, 12)} ${words.text(8)}`;
    const quarter = `${run(20, 8)} ${words.text(12)}`;
    const evaluation = [{ question }];
    const options = { ngram: 5, share: 0.4 };
    const result = await prepared({ train: [row(half, 0), row(quarter, 1)], evaluation, options });
    expect(Object.keys(keptAside(result))).toEqual([half]);
    expect(result.manifest.statistics?.contamination?.examples).toEqual([{ set: "quiz", text: half, share: 0.5 }]);
  });

  test("is the same in however many pieces and whatever order", async () => {
    const train = Array.from({ length: 40 }, (_, index) =>
      row(index % 3 === 0 ? `${words.text(9)} ${run(index % 20, 14)}` : words.text(25), index),
    );
    const given = { train, evaluation: [{ question }] };
    const one = await prepared({ ...given, buckets: 1 });
    const other = await prepared({ ...given, train: train.toReversed(), buckets: 4 });
    expect(one.manifest.statistics?.contamination?.removed).toBe(14);
    expect(keptAside(other)).toEqual(keptAside(one));
    expect(other.manifest.statistics).toEqual(one.manifest.statistics);
  });

  test("needs the columns that the recipe names", async () => {
    const failure = await failureOf(prepared({ train: [], columns: ["query", "question"] }));
    expect(failure.code).toBe("InvalidData");
    expect(failure.problems?.map(({ message }) => message)).toEqual([expect.stringContaining("no column query")]);
  });
});
