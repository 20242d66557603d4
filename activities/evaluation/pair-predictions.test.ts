import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Database, literal } from "../dataset/database.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { pairPredictions } from "./pair-predictions.ts";

type Row = readonly [id: string, label: string, prediction: string, status: string];

const candidate: Row[] = [
  ["1", "a", "a", "old"],
  ["2", "a", "a", "new"],
  ["3", "b", "a", "new"],
  ["4", "b", "b", "new"],
  ["5", "b", "c", "old"],
];
const champion: Row[] = [
  ["5", "b", "c", "old"],
  ["4", "b", "b", "new"],
  ["3", "b", "b", "new"],
  ["2", "a", "b", "new"],
  ["1", "a", "a", "old"],
];

async function pair(left: readonly Row[], right: readonly Row[]) {
  return inTemporaryFolder(async (folder) => {
    const scratch = join(folder, "scratch");
    await mkdir(scratch);
    const files = { candidate: join(folder, "candidate.parquet"), champion: join(folder, "champion.parquet") };
    const writing = join(folder, "writing");
    await mkdir(writing);
    using database = await Database.open(writing);
    for (const [path, rows] of [
      [files.candidate, left],
      [files.champion, right],
    ] as const) {
      const values = rows.map((row) => `(${row.map(literal).join(", ")}, 0.5)`).join(", ");
      await database.run(
        `COPY (SELECT * FROM (VALUES ${values}) AS t(id, label, prediction, status, score)) TO ${literal(path)} (FORMAT parquet)`,
      );
    }
    return pairPredictions({ ...files, slices: ["status"], scratch });
  });
}

test("pairs by id, whatever the order, overall and by slice", async () => {
  const { overall, slices } = await pair(candidate, champion);
  expect(overall).toEqual({ rows: 5, bothRight: 2, onlyCandidateRight: 1, onlyChampionRight: 1, bothWrong: 1 });
  expect(slices).toEqual({
    status: {
      new: { rows: 3, bothRight: 1, onlyCandidateRight: 1, onlyChampionRight: 1, bothWrong: 0 },
      old: { rows: 2, bothRight: 1, onlyCandidateRight: 0, onlyChampionRight: 0, bothWrong: 1 },
    },
  });
});

test("adds up each row's loss over its tokens, however each model cuts the text", async () => {
  const found = await inTemporaryFolder(async (folder) => {
    const scratch = join(folder, "scratch");
    await mkdir(scratch);
    const files = { candidate: join(folder, "candidate.parquet"), champion: join(folder, "champion.parquet") };
    const writing = join(folder, "writing");
    await mkdir(writing);
    using database = await Database.open(writing);
    const values = {
      candidate: "('1', 'a', 'a', 0.5, 4, 'x'), ('2', 'b', 'c', 1.0, 2, 'y')",
      champion: "('2', 'b', 'b', 2.0, 3, 'y'), ('1', 'a', 'a', 0.25, 4, 'x')",
    };
    for (const model of ["candidate", "champion"] as const) {
      await database.run(
        `COPY (SELECT * FROM (VALUES ${values[model]}) AS t(id, label, prediction, loss, tokens, kind)) TO ${literal(files[model])} (FORMAT parquet)`,
      );
    }
    return pairPredictions({ ...files, slices: ["kind"], scratch });
  });
  // Row 1: 2 - 1; row 2: 2 - 6.
  const deviation = expect.closeTo(5 / Math.SQRT2, 9);
  expect(found.overall.losses).toEqual({ rows: 2, difference: -3, deviation, tokens: 6 });
  expect(found.slices["kind"]?.["y"]?.losses).toEqual({ rows: 1, difference: -4, deviation: 0, tokens: 2 });
  expect(found.overall.bothRight).toBe(1);
});

test("refuses to compare models that saw different rows", async () => {
  await expect(pair(candidate, champion.slice(1))).rejects.toMatchObject({ code: "InvalidEvaluation" });
});
